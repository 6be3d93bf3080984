// Chooses the reply to a judged request: mode and timestamp check first, then the rules, then the app behind a forward or
// the endpoint's own reply. Fixed answers are made once, so that the usual request costs nothing here.

import type { Verdict } from '../../shared/exchange.ts';
import { filteredOut } from '../../shared/forward-filter.ts';
import type { Answer, Reply, ReplyBy, ResponseRule } from '../../shared/replies.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import { createRuleFinder } from './condition.ts';
import type { RuleFinder } from './condition.ts';
import { parseTemplate } from './look-ups.ts';
import type { Template } from './look-ups.ts';
import { plainReply } from './reply.ts';
import type { ReplyPlan } from './reply.ts';
import type { ReplyChooser, ReplyChooserOptions, ReplyDecision, ReplyFacts } from './rules-contract.ts';

type AnswerDecision = Extract<ReplyDecision, { kind: 'answer' }>;

/** Answer of mode `strict` to a delivery that was processed before. */
export const processedReply: ReplyPlan = {
  status: 200,
  headers: [['Content-Type', 'application/json']],
  body: '{"received":true,"duplicate":true}',
};
/** Why it is given. */
export const processedWhy = 'strict: an earlier one of this delivery was processed';

/** One answer of a reply, and its place among the others. */
interface Picked {
  readonly answer: Answer;
  readonly place: string;
}

interface KnownAnswer {
  readonly template: Template;
  /** The last decision for a fixed answer: mostly it is the next one, too. */
  last: AnswerDecision | null;
}

/** Who answers, in words: alone, and before the place of one answer among several. */
const byEndpoint = { by: 'endpoint', alone: "the endpoint's answer", placed: 'the endpoint' } as const;
const appAnswer = "the forwarded app's answer";

/** Refusals by verdict, with their reasons. */
const unsigned = refusals(401, {
  invalid: 'the signature is invalid',
  missing: 'the signature is missing',
  malformed: 'the signature cannot be read',
  unsupported: 'the signature is of a kind that is not allowed',
});
const stale = refusals(400, {
  expired: 'the signed time is too old',
  future: 'the signed time is too far ahead',
});

/** Reasons of `unverified` that are our own fault: the sender shall try again. */
const unavailable: ReadonlySet<string> = new Set(['secret-unavailable', 'check-failed']);
const cannotCheck: AnswerDecision = {
  kind: 'answer',
  plan: plainReply(503, 'The signature cannot be checked now.', [['Retry-After', '60']]),
  by: 'strict',
  why: 'strict: the signature could not be checked',
};
const notSigned: AnswerDecision = {
  kind: 'answer',
  plan: plainReply(401, 'The signature is missing.'),
  by: 'strict',
  why: 'strict: nothing shows which provider signed it, so nothing was checked',
};
const cannotJudge: AnswerDecision = {
  kind: 'answer',
  plan: plainReply(503, 'The request cannot be judged now.', [['Retry-After', '60']]),
  by: 'strict',
  why: 'strict: the request could not be judged because of a fault in Hookbench',
};
const processedBefore: AnswerDecision = {
  kind: 'answer',
  plan: processedReply,
  by: 'strict',
  why: processedWhy,
};

/** A chooser that counts sequences from their start. */
export function createReplyChooser(options: ReplyChooserOptions): ReplyChooser {
  const known = new WeakMap<Answer, KnownAnswer>();
  /** Requests that a sequence has answered, by rule or endpoint. An edit makes another reply, which starts anew. */
  const counts = new WeakMap<Reply, Map<string, number>>();

  const finders = new WeakMap<readonly ResponseRule[], RuleFinder>();

  function finderOf(rules: readonly ResponseRule[]): RuleFinder {
    let finder = finders.get(rules);
    if (!finder) {
      finder = createRuleFinder(rules);
      finders.set(rules, finder);
    }
    return finder;
  }

  function decide(answer: Answer, facts: ReplyFacts, by: ReplyBy, why: string): AnswerDecision {
    let entry = known.get(answer);
    if (!entry) {
      entry = { template: parseTemplate(answer, options), last: null };
      known.set(answer, entry);
    }
    const { template, last } = entry;
    if (template.fixed === null) return { kind: 'answer', plan: template.fill(facts), by, why };
    if (last && last.by === by && last.why === why) return last;
    entry.last = { kind: 'answer', plan: template.fixed, by, why };
    return entry.last;
  }

  /** Null: the reply's own answer. */
  function pick(reply: Reply, owner: string, facts: ReplyFacts): Picked | null {
    if (reply.shares.length > 0) {
      const drawn = options.random01() * 100;
      let sum = 0;
      for (const { percent, answer } of reply.shares) {
        sum += percent;
        if (drawn < sum) return { answer, place: `by chance (${percent} %)` };
      }
    }
    if (reply.sequence === null) return null;
    const { answers, atEnd, per } = reply.sequence;
    const n = per === 'delivery' ? facts.arrival() : count(reply, owner);
    const index = atEnd === 'repeat' ? (n - 1) % answers.length : Math.min(n, answers.length) - 1;
    return { answer: answers[index] ?? reply, place: `answer ${index + 1} of ${answers.length}` };
  }

  function count(reply: Reply, owner: string): number {
    let byOwner = counts.get(reply);
    if (!byOwner) {
      byOwner = new Map();
      counts.set(reply, byOwner);
    }
    const n = (byOwner.get(owner) ?? 0) + 1;
    byOwner.set(owner, n);
    return n;
  }

  function answerOf(
    reply: Reply,
    owner: string,
    facts: ReplyFacts,
    who: { readonly by: ReplyBy; readonly alone: string; readonly placed: string },
    remarks: string,
  ): AnswerDecision {
    const picked = pick(reply, owner, facts);
    return picked
      ? decide(picked.answer, facts, who.by, `${who.placed}, ${picked.place}${remarks}`)
      : decide(reply, facts, who.by, who.alone + remarks);
  }

  function choose(facts: ReplyFacts): ReplyDecision {
    const { endpoint, verdict } = facts;
    const refusal = refusalOf(endpoint, verdict) ?? (endpoint.mode === 'strict' ? strictly(facts) : undefined);
    if (refusal) return refusal;
    const rule = endpoint.rules.length > 0 ? finderOf(endpoint.rules)(facts) : null;
    const remarks = remarksOf(endpoint, verdict, rule);
    if (rule?.reply) {
      const label = labelOf(rule);
      const who = { by: 'rule', alone: label, placed: label } as const;
      return answerOf(rule.reply, `${endpoint.id}/${rule.id}`, facts, who, remarks);
    }
    const forward = endpoint.forwards.find(
      (one) => one.active && one.mode === 'answer' && filteredOut(one, facts) === null,
    );
    if (forward) return { kind: 'forward', forward, why: appAnswer + remarks };
    return answerOf(endpoint.reply, endpoint.id, facts, byEndpoint, remarks);
  }

  return {
    choose(facts) {
      try {
        return choose(facts);
      } catch {
        return fallback(facts);
      }
    },
  };
}

/** What a fault in here must not prevent: an answer with the endpoint's status. Mode `strict` takes nothing unjudged. */
function fallback({ endpoint: { mode, reply } }: ReplyFacts): ReplyDecision {
  if (mode === 'strict') return cannotJudge;
  const plan: ReplyPlan = { status: reply.status, headers: [], body: '' };
  const why = `${byEndpoint.alone}, without its content because of a fault in Hookbench`;
  return { kind: 'answer', plan, by: 'endpoint', why };
}

function refusals(status: number, reasons: Readonly<Record<string, string>>) {
  const decisionOf = (why: string, reason: string): AnswerDecision => ({
    kind: 'answer',
    plan: plainReply(status, `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`),
    by: 'strict',
    why: `${why}: ${reason}`,
  });
  return new Map(
    Object.entries(reasons).map(([verdict, reason]) => [
      verdict,
      { strict: decisionOf('strict', reason), stale: decisionOf('timestamp check', reason) },
    ]),
  );
}

function refusalOf({ mode, access }: Endpoint, { status }: Verdict): AnswerDecision | undefined {
  if (mode === 'strict') return (unsigned.get(status) ?? stale.get(status))?.strict;
  return access.refuseStale ? stale.get(status)?.stale : undefined;
}

/** What else mode `strict` does not let through: what it could not check, and what was processed before. */
function strictly(facts: ReplyFacts): AnswerDecision | undefined {
  const { verdict, wasProcessed, expectsSignature } = facts;
  if (verdict.status === 'unverified' && expectsSignature()) return isOurFault(facts) ? cannotCheck : notSigned;
  return wasProcessed() ? processedBefore : undefined;
}

/** Whether the signature was not checked for a reason that the sender cannot mend, for example that no secret can be read. */
function isOurFault({ verdict: { reason }, endpoint, secretsReadable }: ReplyFacts): boolean {
  return unavailable.has(reason) || (reason === 'no-secret' && endpoint.secretNames.length > 0 && !secretsReadable());
}

function labelOf({ id, name }: ResponseRule): string {
  return `rule "${name || id}"`;
}

/** What a person should know besides who answered. */
function remarksOf({ mode }: Endpoint, { status }: Verdict, rule: ResponseRule | null): string {
  const exception = rule && rule.reply === null ? `; ${labelOf(rule)} is an exception` : '';
  const unchecked = mode === 'strict' && status === 'unverified' ? '; strict, but nothing was checked' : '';
  return exception + unchecked;
}
