// The options of `endpoint add` and `endpoint set`, and what they change of an endpoint. Nothing is read from the data
// folder.

import type { Command } from 'commander';
import { tutorialRate } from '../../shared/access.ts';
import type { Access, Rate } from '../../shared/access.ts';
import { AppError } from '../../shared/errors.ts';
import { isSuccess } from '../../shared/http-status.ts';
import { replyFaults } from '../../shared/replies.ts';
import type { Answer, Reply } from '../../shared/replies.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import { addSecretOptions, collect, flag, list, readChoice, text, wantsUnsigned } from './context.ts';
import type { CommandRun } from './context.ts';
import type { OptionNames } from './call-host.ts';
import { readDuration } from './durations.ts';
import { addForwardOptions, readForwards } from './forward-options.ts';
import { parseHeader, parseJson, readInput, readNumber, readSize } from './inputs.ts';
import { addProviderHelp } from './provider-option.ts';

/** Which option fills which field. */
export const endpointOptionNames: OptionNames = {
  id: 'NAME',
  name: 'NAME',
  path: '--path',
  provider: '--provider',
  secretNames: '--secret',
  toleranceSeconds: '--tolerance',
  publicUrl: '--public-url',
  reply: '--reply',
  'reply.headers': '--reply-header',
  rules: '--rules',
  forwards: '--forward-to',
  access: '--allow',
};

/** Adds what `endpoint add` and `endpoint set` share. */
export function addEndpointOptions(command: Command): void {
  addSecretOptions(command);
  command
    .option('--path <path>', 'path prefix (for a new one: /in/ and its name)')
    .option('--random-path', 'a path that cannot be guessed, for an endpoint that can be reached from outside')
    .option('--provider <id>', 'provider whose signatures are checked, your own scheme, or detect')
    .option('--unsigned', 'without a secret')
    .option('--active', 'take requests')
    .option('--no-active', 'answer 404 and list the request as refused')
    .option('--mode <mode>', 'capture: answer whatever the verdict says; strict: refuse bad signatures and duplicates')
    .option('--tolerance <seconds>', 'age that a signed timestamp may have, or default')
    .option('--duplicates <rule>', 'what makes a duplicate: id-or-body, id, off')
    .option('--duplicate-window <time>', 'time within which a repetition counts, such as 24h, or default')
    .option('--public-url <url>', 'address that senders call, for schemes that sign the URL, or none')
    .option('--trust-forwarded', 'believe X-Forwarded-Host and -Proto of a tunnel on this machine')
    .option('--no-trust-forwarded', 'do not believe them')
    .option('--reply <status>', 'status of the answer, 200 to 599')
    .option('--reply-header <name:value>', 'header of the answer, repeatable', collect)
    .option('--reply-body <text>', 'body of the answer; @FILE takes it from a file; {{...}} looks things up')
    .option('--delay <time>', 'time before the answer such as 31s')
    .option('--fault <kind>', `break the answer on purpose: ${replyFaults.join(', ')}, or none`)
    .option('--sequence <statuses>', 'answer in turn, such as 500,500,200, or none')
    .option('--sequence-per <what>', 'count the turn over all requests (endpoint) or each delivery id apart (delivery)')
    .option('--sequence-end <what>', 'after the last answer: stay, or repeat')
    .option('--share <percent:status>', 'answer this share of requests otherwise, such as 20:503, repeatable', collect)
    .option('--no-shares', 'take all shares away')
    .option('--rules <file>', 'JSON array of rules {name, when: [{field, name?, op, value?}], reply}')
    .option('--no-rules', 'take all rules away')
    .option('--allow <networks>', 'addresses that may send, with commas between, such as 203.0.113.0/24,::1')
    .option('--allow-file <file>', 'file with one network per line, such as a provider publishes')
    .option('--no-allow', 'everybody may send')
    .option('--sender-rate <rate>', 'requests of one sender such as 100/15m or 50/1s:500 (burst), tutorial, auto, off')
    .option('--endpoint-rate <rate>', 'requests of all senders together, in the same form')
    .option('--refuse-stale', 'answer 400 to a signed timestamp that is too old or too far ahead')
    .option('--no-refuse-stale', 'answer it like any other')
    .option('--quota <size>', 'bodies that may be stored such as 500MB, auto, off');
  addForwardOptions(command);
  addProviderHelp(command);
}

/** What the options change of `before`. Secrets are not among them. Throws AppError that names the option. */
export function readEndpointChanges(run: CommandRun, before: Endpoint): Partial<Endpoint> {
  const provider = text(run, 'provider');
  const publicUrl = text(run, 'publicUrl');
  const tolerance = text(run, 'tolerance');
  // Asked here only for its refusal, which comes before anything is saved.
  wantsUnsigned(run);
  return {
    active: flag(run, 'active') ?? before.active,
    mode: readChoice(run, 'mode', '--mode', ['capture', 'strict']) ?? before.mode,
    trustForwarded: flag(run, 'trustForwarded') ?? before.trustForwarded,
    forwards: readForwards(run, before.forwards) ?? before.forwards,
    ...readPath(run),
    ...(provider !== undefined && { provider: provider === 'detect' ? null : provider }),
    ...(tolerance !== undefined && {
      toleranceSeconds: tolerance === 'default' ? null : readNumber('--tolerance', tolerance, 0, 31_536_000, false),
    }),
    ...readDuplicates(run, before),
    ...(publicUrl !== undefined && { publicUrl: publicUrl === 'none' ? null : publicUrl }),
    reply: readReply(run, before.reply),
    ...readRules(run),
    access: readAccess(run, before.access),
  };
}

function readPath(run: CommandRun): { readonly path?: string } {
  const path = text(run, 'path');
  if (run.options['randomPath'] !== true) return path === undefined ? {} : { path };
  if (path !== undefined) throw new AppError('CONFIG_INVALID', '--random-path: leave it out beside --path.');
  return { path: `/in/${Buffer.from(run.random(16)).toString('base64url')}` };
}

function readDuplicates(run: CommandRun, { duplicates }: Endpoint): Partial<Endpoint> {
  const by = readChoice(run, 'duplicates', '--duplicates', ['id-or-body', 'id', 'off']) ?? duplicates.by;
  const window = text(run, 'duplicateWindow');
  if (window === undefined) return { duplicates: { ...duplicates, by } };
  const ms = window === 'default' ? null : readDuration('--duplicate-window', window, 1_000, 8_760 * 3_600_000);
  return { duplicates: { by, windowHours: ms === null ? null : ms / 3_600_000 } };
}

function readReply(run: CommandRun, before: Reply): Reply {
  const status = text(run, 'reply');
  const headers = list(run, 'replyHeader').map((line) => parseHeader('--reply-header', line));
  const body = text(run, 'replyBody');
  const delay = text(run, 'delay');
  const fault = readChoice(run, 'fault', '--fault', [...replyFaults, 'none']);
  const answer: Answer = {
    status: status === undefined ? before.status : readStatus('--reply', status),
    headers: headers.length > 0 ? headers : before.headers,
    body: body === undefined ? before.body : readText('--reply-body', body),
    delayMs: delay === undefined ? before.delayMs : readDuration('--delay', delay, 0, 600_000),
    fault: fault === undefined ? before.fault : fault === 'none' ? null : fault,
  };
  return { ...answer, sequence: readSequence(run, before, answer), shares: readShares(run, before, answer) };
}

function readSequence(run: CommandRun, { sequence }: Reply, answer: Answer): Reply['sequence'] {
  const statuses = text(run, 'sequence');
  if (statuses === 'none') return null;
  const answers = statuses?.split(',').map((status) => otherwise(answer, readStatus('--sequence', status.trim())));
  const wanted = answers ?? sequence?.answers;
  const per = readChoice(run, 'sequencePer', '--sequence-per', ['endpoint', 'delivery']);
  const atEnd = readChoice(run, 'sequenceEnd', '--sequence-end', ['stay', 'repeat']);
  if (wanted === undefined) {
    if (per === undefined && atEnd === undefined) return sequence;
    throw new AppError('CONFIG_INVALID', '--sequence is needed for --sequence-per and --sequence-end.');
  }
  return { answers: wanted, per: per ?? sequence?.per ?? 'endpoint', atEnd: atEnd ?? sequence?.atEnd ?? 'stay' };
}

function readShares(run: CommandRun, { shares }: Reply, answer: Answer): Reply['shares'] {
  const given = list(run, 'share').map((share) => {
    const [, percent, status] = /^([\d.]+)%?:(\d+)$/.exec(share.trim()) ?? [];
    if (percent === undefined || status === undefined) {
      throw new AppError('CONFIG_INVALID', `--share must be PERCENT:STATUS such as 20:503, not "${share}".`);
    }
    const answerOfShare = otherwise(answer, readStatus('--share', status));
    return { percent: readNumber('--share', percent, 0, 100, false), answer: answerOfShare };
  });
  if (given.length > 0) return given;
  return flag(run, 'shares') === false ? [] : shares;
}

/** The endpoint's answer for a success, a bare status for anything else. */
function otherwise(answer: Answer, status: number): Answer {
  return isSuccess(status) ? { ...answer, status } : { ...answer, status, headers: [], body: '' };
}

function readStatus(option: string, status: string): number {
  return readNumber(option, status, 200, 599);
}

function readText(option: string, value: string): string {
  return value.startsWith('@') ? Buffer.from(readInput(option, value.slice(1))).toString('utf8') : value;
}

/** Rules as a person writes them: ids and what is usual may be left out. The host checks the rest. */
function readRules(run: CommandRun): Partial<Endpoint> {
  if (run.options['rules'] === false) return { rules: [] };
  const path = text(run, 'rules');
  if (path === undefined) return {};
  const parsed = parseJson('--rules', readInput('--rules', path));
  if (!Array.isArray(parsed))
    throw new AppError('CONFIG_INVALID', '--rules: the file must hold a JSON array of rules.');
  const rules = parsed.map((rule: unknown, index) => ({
    id: `rule-${index + 1}`,
    name: '',
    when: [],
    ...objectOf(rule),
  }));
  return { rules: rules as unknown as Endpoint['rules'] };
}

function objectOf(value: unknown): object {
  if (typeof value === 'object' && value !== null) return value;
  throw new AppError('CONFIG_INVALID', '--rules: each rule must be an object.');
}

function readAccess(run: CommandRun, before: Access): Access {
  const networks = text(run, 'allow')?.split(',');
  const path = text(run, 'allowFile');
  const lines =
    path === undefined ? undefined : Buffer.from(readInput('--allow-file', path)).toString('utf8').split(/\r?\n/);
  const wanted = [...(networks ?? []), ...(lines ?? [])].map((line) => line.replace(/#.*/, '').trim());
  const allow =
    run.options['allow'] === false ? [] : networks || lines ? wanted.filter((line) => line !== '') : before.allow;
  const quota = text(run, 'quota');
  return {
    allow,
    senderRate: readRate(run, 'senderRate', '--sender-rate') ?? before.senderRate,
    endpointRate: readRate(run, 'endpointRate', '--endpoint-rate') ?? before.endpointRate,
    refuseStale: flag(run, 'refuseStale') ?? before.refuseStale,
    quotaBytes:
      quota === undefined
        ? before.quotaBytes
        : quota === 'auto' || quota === 'off'
          ? quota
          : readSize('--quota', quota),
  };
}

function readRate(run: CommandRun, name: string, option: string): Rate | 'auto' | 'off' | undefined {
  const given = text(run, name);
  if (given === undefined || given === 'auto' || given === 'off') return given;
  if (given === 'tutorial') return tutorialRate;
  const [, count, period, burst] = /^([\d.]+)\/([^:]+)(?::(\d+))?$/.exec(given) ?? [];
  if (count === undefined || period === undefined) {
    throw new AppError('CONFIG_INVALID', `${option} must be COUNT/TIME such as 100/15m or 50/1s:500, not "${given}".`);
  }
  const each = readNumber(option, count, 0.01, 100_000, false);
  const periodSeconds = readDuration(option, period, 1_000, 86_400_000) / 1_000;
  return {
    count: each,
    periodSeconds,
    burst: burst === undefined ? Math.max(1, Math.ceil(each)) : readNumber(option, burst, 1, 1_000_000),
  };
}
