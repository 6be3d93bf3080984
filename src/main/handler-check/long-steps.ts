// The cases that take more than one request, or a body that is large, slow or broken off.

import { Buffer } from 'node:buffer';
import type { WireOutcome } from '../sender/wire.ts';
import { markAddition, padding, withAddition } from './bodies.ts';
import type { CheckEvent } from './bodies.ts';
import type { Check } from './check.ts';
import { failed, isAccepted, isRefused, judgeAccepted, judgeAnswered, passed, say } from './judge.ts';
import type { Answer, Judged } from './judge.ts';
import type { Watch } from './once.ts';
import type { PiecesOutcome } from './pieces.ts';
import { misjudged, noRoom } from './steps.ts';
import type { Run } from './steps.ts';

const largeBytes = 5_000_000;
const hugeBytes = 30_000_000;
const chunkBytes = 65_536;
/** How long the end of a huge body is held back while a refusal may come, ms. */
const holdMs = 1_000;
const slowPieces = 8;
const slowTotalMs = 2_000;
const atOnce = 20;
/** How much older than the newer event the older one is, ms. */
const pairGapMs = 60_000;
/** Tries of which the fastest counts: the first may meet a cold start. */
const timeTries = 3;
/** Time for a broken connection to do its harm, ms. */
const harmMs = 100;

/** Whether an answer takes longer than the provider waits. */
export const answerTime: Run = async (check) => {
  let best: WireOutcome | null = null;
  for (let n = 0; n < timeTries; n += 1) {
    const answer = await check.sendValid();
    if (!isAccepted(answer)) return judgeAccepted(answer, 'refuses-valid');
    if (best === null || answer.ms < best.ms) best = answer;
    if (best.ms <= check.slowMs) return passed(best, `HTTP ${best.status} after ${best.ms} ms.`);
  }
  const answer = best as WireOutcome;
  return failed(answer, `HTTP ${answer.status} only after ${answer.ms} ms, more than ${check.slowMs} ms.`, 'slow');
};

/** Whether the work of an accepted event is done. */
export const workDone: Run = async (check) => {
  if (!check.work.counts) return { skipped: 'The work cannot be seen without an idempotency URL.' };
  const watch = await check.work.watch();
  const answer = await check.sendValid();
  if (!isAccepted(answer)) return judgeAccepted(answer, 'refuses-valid');
  return withWork([answer], watch);
};

/** The same event twice. */
export const sameAgain: Run = (check) => {
  const event = check.events.fresh();
  return repeat(check, event, event, [409]);
};

/** Two bodies under one id. A refusal of the second is right as well: something is wrong with it. */
export const otherBody: Run = async (check) => {
  const event = check.events.fresh();
  const other = withAddition(event, markAddition);
  return other === null ? noRoom : repeat(check, event, other, [400, 409, 422]);
};

/** The same event many times in the same moment. */
export const manyAtOnce: Run = async (check) => {
  const request = check.events.sign(check.events.fresh());
  if (check.events.idOf(request) === null) return noId;
  const watch = await check.work.watch();
  const answers = await Promise.all(Array.from({ length: atOnce }, () => check.send(request)));
  const ms = slowest(answers);
  const wrong = answers.find((answer) => !isAccepted(answer) && answer.status !== 409);
  if (wrong !== undefined) {
    return failed(wrong, `${say(wrong)} to one of ${atOnce}, where 2xx or 409 is right.`, 'not-idempotent', ms);
  }
  const first = answers.find(isAccepted);
  if (first === undefined) {
    return failed(answers[0] as WireOutcome, `HTTP 409 to all ${atOnce}, also to the first.`, 'refuses-valid', ms);
  }
  return withWork([first, ...answers.filter((answer) => answer !== first)], watch);
};

/** A newer event before an older one. */
export const outOfOrder: Run = async (check) => {
  const { events } = check;
  const older = events.fresh(check.now() - pairGapMs);
  const newer = events.fresh();
  const first = await check.send(events.sign(newer));
  if (!isAccepted(first)) return judgeAccepted(first, 'refuses-valid');
  const second = await check.send(events.sign(older));
  return judgeAccepted({ ...second, ms: slowest([first, second]) }, 'refuses-out-of-order');
};

/** An event of a type that no handler knows. */
export function strangeType(type: string): Run {
  return async (check) => {
    const { events } = check;
    const plain = events.fresh();
    const event = events.typed(plain, type);
    const request = event && events.sign(event);
    if (request === null || events.typeOf(request) === events.typeOf(events.sign(plain))) {
      return { skipped: 'This provider’s event type cannot be changed.' };
    }
    const problem = misjudged(check, request, true);
    if (problem) return problem;
    const watch = await check.work.watch();
    const answer = await check.send(request);
    const judged = judgeAnswered(answer, 'trusts-event-type');
    if (!isAccepted(answer)) return judged;
    const seen = await watch.seeNone();
    if (seen.kind === 'wrong') return failed(answer, `HTTP ${answer.status}. ${seen.message}`, seen.fault);
    return passed(answer, `HTTP ${answer.status}: a clean answer. ${seen.message}`);
  };
}

/** A body of some megabytes, well signed. */
export const largeBody: Run = async (check) => {
  const event = withAddition(check.events.fresh(), padding(largeBytes));
  if (event === null) return noRoom;
  const request = check.events.sign(event);
  const problem = misjudged(check, request, true);
  if (problem) return problem;
  const answer = await check.send(request);
  if (isAccepted(answer)) return passed(answer, `HTTP ${answer.status}: accepted.`);
  if (answer.status === 413) return passed(answer, 'HTTP 413: refused for its size.');
  if (answer.outcome === 'reset') return closedEarly(check, answer);
  return failed(answer, `${say(answer)} where 2xx or 413 is right.`, 'no-clean-answer');
};

/** A body that nobody should read to its end. Its signature is there, but wrong, so that a handler has to read. */
export const hugeBody: Run = async (check) => {
  const request = check.events.sign(check.events.fresh(), { mode: 'wrong-secret' });
  const chunk = Buffer.alloc(chunkBytes, 0x20);
  let whole = false;
  const answer = await check.sendPieces(request, hugeBytes, async (writer) => {
    let left = hugeBytes - chunkBytes;
    for (; left > 0; left -= chunkBytes) {
      if (!(await writer.write(chunk.subarray(0, Math.min(left, chunkBytes))))) return;
    }
    if (!(await writer.pause(holdMs))) return;
    whole = true;
    await writer.write(chunk);
    writer.end();
  });
  if (answer.status === 413) return passed(answer, 'HTTP 413: refused for its size.');
  if (isAccepted(answer)) {
    return failed(answer, `HTTP ${answer.status} to a wrong signature over 30 MB.`, 'no-signature-check');
  }
  if (!whole && isRefused(answer)) return passed(answer, `HTTP ${answer.status} before the body was whole.`);
  if (!whole && answer.outcome === 'reset') return closedEarly(check, answer);
  if (!whole && answer.status !== null) {
    return failed(answer, `${say(answer)} where it should be refused with 413.`, 'no-clean-answer');
  }
  const { status, ms } = answer;
  const message = `${say(answer)}, ${whole ? 'only after all 30 MB were read' : 'without reading on'}.`;
  return { pass: false, status, ms, message, fault: 'no-size-limit' };
};

/** A body that takes its time. */
export const slowClient: Run = async (check) => {
  const request = check.events.sign(check.events.fresh());
  const { body } = request;
  const size = Math.max(1, Math.ceil(body.length / slowPieces));
  const answer = await check.sendPieces(request, body.length, async (writer) => {
    for (let at = 0; at < body.length; at += size) {
      if (!(await writer.pause(slowTotalMs / slowPieces))) return;
      if (!(await writer.write(body.subarray(at, at + size)))) return;
    }
    writer.end();
  });
  return judgeAccepted(answer, 'refuses-slow-client');
};

/** A body that breaks off. Only what comes after it can be judged. */
export const truncatedBody: Run = async (check) => {
  const request = check.events.sign(check.events.fresh());
  const { body } = request;
  if (body.length < 2) return { skipped: 'The body is too short to break off.' };
  const cut = await check.sendPieces(request, body.length, async (writer) => {
    if (await writer.write(body.subarray(0, body.length >> 1))) await writer.pause(harmMs);
  });
  if (isAccepted(cut)) {
    return failed(cut, `HTTP ${cut.status} to a body that had not arrived.`, 'no-signature-check');
  }
  await check.pause(harmMs);
  const next = await check.sendValid();
  if (isAccepted(next)) return passed(next, `The next valid request got HTTP ${next.status}.`);
  return failed(next, `${say(next)} to the next valid request.`, 'no-clean-answer');
};

const noId = { skipped: 'This provider sends no delivery id by which a repeat could be recognised.' };

async function repeat(
  check: Check,
  event: CheckEvent,
  again: CheckEvent,
  refusals: readonly number[],
): Promise<Judged> {
  const { events } = check;
  const request = events.sign(event);
  const second = events.sign(again);
  const id = events.idOf(request);
  if (id === null || events.idOf(second) !== id) return noId;
  const problem = misjudged(check, second, true);
  if (problem) return problem;
  const watch = await check.work.watch();
  const one = await check.send(request);
  if (!isAccepted(one)) return judgeAccepted(one, 'refuses-valid');
  const two = await check.send(second);
  if (!isAccepted(two) && !refusals.includes(two.status ?? 0)) {
    const message = `${say(two)} to the repeat, where 2xx or ${refusals.join(' or ')} is right.`;
    return failed(two, message, 'not-idempotent', slowest([one, two]));
  }
  return withWork([one, two], watch);
}

/** Judges what was seen of the work behind answers that are right as such. */
async function withWork(answers: readonly WireOutcome[], watch: Watch): Promise<Judged> {
  const last = answers.at(-1) as WireOutcome;
  const ms = slowest(answers);
  const statuses = [...new Set(answers.map(({ status }) => status))].join(' and ');
  const seen = await watch.seeOnce(answers);
  const message = `HTTP ${statuses}. ${seen.message}`;
  return seen.kind === 'wrong' ? failed(last, message, seen.fault, ms) : passed(last, message, ms);
}

/** A server that refuses a body unread may close before its answer can be read; a server that died does so too. */
async function closedEarly(check: Check, answer: WireOutcome | PiecesOutcome): Promise<Judged> {
  await check.pause(harmMs);
  const next = await check.sendValid();
  if (isAccepted(next))
    return passed(answer, 'It closed the connection before the body was whole, and goes on working.');
  return failed(answer, `${say(answer)}; the next valid request: ${say(next)}.`, 'no-clean-answer');
}

function slowest(answers: readonly Answer[]): number {
  return Math.max(...answers.map(({ ms }) => ms));
}
