// What `pull` prints: events, summaries, failures, and the stored set-ups.

import type { PullSetup } from '../../shared/pulls.ts';
import type { PullError, PullLine, PullSummary } from '../host-offline.ts';
import { escapeControls } from '../system.ts';
import { formatTime, paint } from './output.ts';
import type { Output } from './output.ts';

const tones = { arrived: 'green', missed: 'red', failed: 'yellow' } as const;

/** Prints one judged event. */
export function printEvent(output: Output, line: PullLine): void {
  const { id, event, at, state, requestId, pulled } = line;
  const mark = pulled ? { pulled } : {};
  output.line({ type: 'event', id, event, at, state, requestId, ...mark }, () => {
    const when = new Date(at).toISOString();
    const what = escapeControls(event ?? '-');
    const name = state === 'failed' ? 'failed at the provider' : pulled ? 'pulled earlier' : state;
    return `${when}  ${paint(output, pulled ? 'dim' : tones[state], name)}  ${what}  ${escapeControls(id)}  ${requestId ?? ''}`.trimEnd();
  });
}

type Counts = Pick<PullSummary, 'arrived' | 'pulled' | 'missed' | 'failed'>;

/** Counts what a look that fails has found before that. */
export function createCounts() {
  const counts = { arrived: 0, pulled: 0, missed: 0, failed: 0 };
  return {
    add(line: PullLine, then: (line: PullLine) => void): void {
      counts[line.state] += 1;
      if (line.pulled) counts.pulled += 1;
      then(line);
    },
    failed: () => ({ ...counts, recorded: counts.missed + counts.failed, ended: 'failed' as const }),
  };
}

interface SummaryLine extends Counts {
  readonly recorded: number;
  readonly ended: PullSummary['ended'] | 'failed';
  readonly pages?: number;
  readonly nextAt?: number | null;
  readonly limits?: string;
}

const ends = {
  complete: '',
  'rate-limited': 'ended early: the API asks for a pause',
  'page-limit': 'ended early: too many pages',
  stopped: 'stopped',
  failed: 'failed',
} as const;

/** Prints how a look went. */
export function printSummary(output: Output, summary: SummaryLine): void {
  const { arrived, pulled, missed, failed, recorded, pages, ended, nextAt, limits } = summary;
  const line = { type: 'summary', arrived, pulled, missed, failed, recorded, ended };
  const more = { ...(pages === undefined ? {} : { pages }), ...(nextAt === undefined ? {} : { nextAt }) };
  output.line({ ...line, ...more }, () => {
    const tone = recorded === 0 ? 'green' : 'red';
    const before = pulled === 0 ? '' : `, ${pulled} pulled earlier`;
    const lost = paint(output, tone, `${missed} missed`);
    const sums = `${arrived - pulled} arrived${before}, ${lost}, ${failed} failed at the provider`;
    const next = typeof nextAt === 'number' ? `next look ${formatTime(nextAt)}` : '';
    const parts = [sums, `${recorded} put into the history`, ends[ended], next].filter((part) => part !== '');
    return parts.join('; ') + (limits === undefined ? '' : `\n${paint(output, 'dim', limits)}`);
  });
  output.flush();
}

/** Exit code of one look that did not fail. */
export function exitCode(output: Output, { recorded, ended, rateLimitedUntil }: PullSummary): number {
  if (ended !== 'complete') {
    const until = rateLimitedUntil === undefined ? '' : ` after ${new Date(rateLimitedUntil).toISOString()}`;
    output.note(`hookbench: the look did not come to its end; go on with it${until} with: --since last`);
  }
  if (recorded > 0) return 1;
  return ended === 'complete' ? 0 : 3;
}

/** What a person can mend is bad input; an API that is broken or does not answer is an operational failure. */
export function reportFailure(output: Output, { reason, message }: PullError): number {
  const isOperational = reason === 'broken' || reason === 'unreachable' || reason === 'too-large';
  output.line({ type: 'error', code: `PULL_${reason.toUpperCase().replaceAll('-', '_')}`, message }, () => null);
  output.note(`hookbench: ${escapeControls(message)}`);
  return isOperational ? 3 : 2;
}

/** Prints a stored set-up. */
export function printSetup(output: Output, setup: PullSetup): void {
  output.line({ type: 'pull', ...setup }, () => {
    const { name, provider, tokenName, baseUrl, endpointId, everyMinutes } = setup;
    const parts = [
      escapeControls(name),
      provider,
      everyMinutes === null ? 'only when asked' : `every ${everyMinutes} min`,
      `endpoint ${escapeControls(endpointId)}`,
      tokenName === null ? 'no token' : `token ${escapeControls(tokenName)}`,
      baseUrl === null ? '' : escapeControls(baseUrl),
    ];
    return parts.filter((part) => part !== '').join('  ');
  });
}
