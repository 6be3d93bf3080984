// Whether an event was worked on once. Statuses do not tell: a right handler answers a repeat with 2xx as well. So the
// person can name a URL that counts, or a header that marks repeats.

import { Buffer } from 'node:buffer';
import { headerValue } from '../../shared/headers.ts';
import { parseJson, valueAt } from '../../shared/providers/read-value.ts';
import type { attempt, WireOutcome } from '../sender/wire.ts';
import type { FaultCode } from './faults.ts';
import type { HandlerCheckOptions, IdempotencyView } from './options.ts';

/** How long the work may take to show in the count after an answer, ms. */
const settleMs = 2_000;
/** Between two looks at the count, ms. */
const lookEveryMs = 100;
/** How long after the first rise a second one is waited for, ms. */
const secondRiseMs = 150;

/** What was seen. `unseen`: only the answers can be judged. */
export type Seen =
  | { readonly kind: 'once'; readonly message: string }
  | { readonly kind: 'unseen'; readonly message: string }
  | { readonly kind: 'wrong'; readonly message: string; readonly fault?: FaultCode };

/** A look at the work of one case, begun before its first request. */
export interface Watch {
  /** Whether the work was done once; `answers` in the order in which the requests were made. */
  seeOnce(answers: readonly WireOutcome[]): Promise<Seen>;
  /** Whether nothing was done for an event that a handler cannot know. */
  seeNone(): Promise<Seen>;
}

/** Looks at the handler's work. */
export interface WorkView {
  /** The count can be read, so that work is seen even without a repeat. */
  readonly counts: boolean;
  watch(): Promise<Watch>;
}

const howTo =
  'To let it be seen, name a URL that answers with the number of events worked on, or a header that marks repeats.';

/** The view that the options name. */
export function createWorkView(
  options: Pick<HandlerCheckOptions, 'idempotency' | 'clock' | 'signal'>,
  get: (url: string) => ReturnType<typeof attempt>,
): WorkView {
  const view: IdempotencyView | undefined = options.idempotency;
  if (view === undefined) {
    const unseen: Seen = { kind: 'unseen', message: `Whether it was worked on once cannot be seen. ${howTo}` };
    return { counts: false, watch: () => Promise.resolve(always(unseen, unseen)) };
  }
  if ('header' in view) {
    const nothing: Seen = { kind: 'unseen', message: 'Whether anything was done cannot be seen from a header.' };
    const watch: Watch = {
      seeOnce: (answers) => Promise.resolve(judgeHeader(answers, view.header)),
      seeNone: () => Promise.resolve(nothing),
    };
    return { counts: false, watch: () => Promise.resolve(watch) };
  }
  const { clock, signal } = options;
  const pause = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
  const count = async (): Promise<number | string> => readCount(await get(view.url));

  async function watch(): Promise<Watch> {
    const before = await count();
    if (typeof before === 'string') return always(unreadable(before), unreadable(before));
    /** How far the count has risen once it has risen, or after `ms`. */
    const risen = async (ms: number): Promise<number | string> => {
      const until = clock.monotonic() + ms;
      for (;;) {
        const now = await count();
        if (typeof now === 'string' || now !== before) return typeof now === 'string' ? now : now - before;
        if (clock.monotonic() >= until || signal?.aborted === true) return 0;
        await pause(lookEveryMs);
      }
    };
    return {
      async seeOnce() {
        const first = await risen(settleMs);
        if (typeof first === 'string') return unreadable(first);
        if (first === 1) await pause(secondRiseMs);
        const rise = first === 1 ? await risen(0) : first;
        if (typeof rise === 'string') return unreadable(rise);
        return judgeRise(rise);
      },
      async seeNone() {
        const rise = await risen(secondRiseMs);
        if (typeof rise === 'string') return unreadable(rise);
        return rise === 0
          ? { kind: 'once', message: 'The count did not change.' }
          : { kind: 'wrong', message: `The count of events worked on changed by ${rise}.`, fault: 'trusts-event-type' };
      },
    };
  }
  return { counts: true, watch };
}

function always(once: Seen, none: Seen): Watch {
  return { seeOnce: () => Promise.resolve(once), seeNone: () => Promise.resolve(none) };
}

function unreadable(why: string): Seen {
  return {
    kind: 'wrong',
    message: `The idempotency URL could not be read: ${why}. It must answer 200 with a whole number, or with JSON that holds one as count or processed.`,
  };
}

function judgeRise(rise: number): Seen {
  if (rise === 1) return { kind: 'once', message: 'It was worked on once.' };
  if (rise === 0) {
    const message = `It was answered with success, but the count of events worked on had not changed ${settleMs / 1_000} s later.`;
    return { kind: 'wrong', message, fault: 'answers-before-work' };
  }
  if (rise < 0) return unreadable('the count went down');
  return { kind: 'wrong', message: `It was worked on ${rise} times.`, fault: 'not-idempotent' };
}

/** The count, or why it could not be read. */
function readCount({ status, response, message }: WireOutcome): number | string {
  if (response === null || status === null) return message;
  if (status !== 200) return `HTTP ${status}`;
  const json = parseJson(Buffer.from(response.body).toString('utf8').trim());
  for (const value of [json, valueAt(json, 'count'), valueAt(json, 'processed')]) {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  }
  return 'the answer holds no number';
}

/** A refusal says by itself that the request was not worked on again. */
function judgeHeader(answers: readonly WireOutcome[], name: string): Seen {
  const values = answers
    .filter(({ status }) => status === null || status < 400)
    .map(
      ({ response }) =>
        headerValue(response?.headers ?? [], name)
          ?.trim()
          .toLowerCase() ?? '',
    );
  if (values.length === 1 && answers.length > 1) return { kind: 'once', message: 'Every repeat was refused.' };
  const numbers = values.map((value) => (/^\d{1,15}$/.test(value) ? Number(value) : 0));
  if (values.length > 1 && numbers.every((times) => times >= 1)) {
    const most = Math.max(...numbers);
    return most === Math.min(...numbers)
      ? { kind: 'once', message: 'The header gives the same number in every answer.' }
      : { kind: 'wrong', message: `The header’s number rises to ${most} with the repeats.`, fault: 'not-idempotent' };
  }
  const unmarked = values.filter((value) => ['', '0', 'false', 'no'].includes(value)).length;
  if (unmarked === 1) return { kind: 'once', message: 'Every answer but one is marked as a repeat.' };
  if (unmarked > 1) {
    const message = `${unmarked} of ${answers.length} answers are not marked as a repeat by the header.`;
    return { kind: 'wrong', message, fault: 'not-idempotent' };
  }
  return { kind: 'wrong', message: 'The header marks every answer as a repeat, also that to the first request.' };
}
