// The words for replies: faults, who decided, look-ups, and a reply in one line.

import type { Answer, Reply, ReplyBy, ReplyFault } from '../../shared/replies.ts';
import type { Choice } from './choices.ts';
import { formatDuration, plural } from './format.ts';
import type { Tone } from './words.ts';

const faults: Readonly<Record<ReplyFault, readonly [name: string, what: string]>> = {
  never: ['Never answers', 'The connection stays open and nothing comes.'],
  close: ['Closes', 'The connection is closed before a byte is sent.'],
  reset: ['Resets', 'The connection is reset before a byte is sent.'],
  cut: ['Cuts the body', 'The connection ends in the middle of the body.'],
  slow: ['Slow body', 'The body comes byte by byte.'],
};

/** Entries of a picker; the empty value stands for none. */
export const faultChoices: readonly Choice[] = [
  { value: '', label: 'None' },
  ...Object.entries(faults).map(([value, [label]]) => ({ value, label })),
];

/** What a fault does, a sentence. */
export function faultSentence(fault: ReplyFault): string {
  return faults[fault][1];
}

/** Whether anything of status, headers and body is sent. */
export function isSilent(fault: ReplyFault | null): boolean {
  return fault === 'never' || fault === 'close' || fault === 'reset';
}

/** Who decided it, in words that `of` and the endpoint's name may follow. */
export const replyByWords: Readonly<Record<ReplyBy, string>> = {
  endpoint: 'the endpoint',
  rule: 'a rule',
  handshake: 'the provider’s handshake',
  forward: 'the app behind a forward',
  strict: 'strict mode',
  limit: 'a limit',
};

/** Look-ups of header values and bodies, with what each stands for. */
export const lookUps: readonly (readonly [text: string, what: string])[] = [
  ['{{id}}', 'Hookbench’s id of the request'],
  ['{{method}}', 'its method'],
  ['{{path}}', 'its path'],
  ['{{event}}', 'its event type'],
  ['{{deliveryId}}', 'the provider’s delivery id'],
  ['{{now}}', 'the time, ISO 8601'],
  ['{{unix}}', 'the time in seconds'],
  ['{{uuid}}', 'a new UUID'],
  ['{{query.NAME}}', 'a query parameter'],
  ['{{header.NAME}}', 'a header'],
  ['{{body.JSON.PATH}}', 'a value of the JSON body'],
];

/** A status in a badge: 2xx is good news. No answer at all is bad. */
export function statusTone(status: number | null): Tone {
  return status !== null && status < 300 ? 'ok' : 'bad';
}

/** One answer in a word or two: `503`, `closes`, `200 after 2 s`. */
export function answerWords({ status, delayMs, fault }: Pick<Answer, 'status' | 'delayMs' | 'fault'>): string {
  const name = fault === null ? null : faults[fault][0].toLowerCase();
  const what = name === null ? String(status) : isSilent(fault) ? name : `${status}, ${name}`;
  return delayMs > 0 ? `${what} after ${formatDuration(delayMs)}` : what;
}

/** A sequence in one line: `500, 500, 200, then 200 for good`; `off` without one. */
export function sequenceWords(sequence: Reply['sequence']): string {
  if (sequence === null) return 'off';
  const { answers, atEnd, per } = sequence;
  const list = answers.map(answerWords);
  const shown = list.length > 5 ? `${list.slice(0, 5).join(', ')}, …` : list.join(', ');
  const end = atEnd === 'repeat' ? 'then from the start' : `then ${list.at(-1) ?? ''} for good`;
  return `${shown}, ${end}${per === 'delivery' ? ', for each delivery id' : ''}`;
}

/** Shares in one line: `20 % 503`; `off` without any. */
export function sharesWords(shares: Reply['shares']): string {
  if (shares.length === 0) return 'off';
  return shares.map(({ percent, answer }) => `${percent} % ${answerWords(answer)}`).join(', ');
}

/** A whole reply in one line; null stands for no answer of its own. */
export function replyWords(reply: Reply | null): string {
  if (reply === null) return 'as without rules';
  if (reply.sequence !== null) return `${plural(reply.sequence.answers.length, 'answer')} in turn`;
  const shares = reply.shares.length === 0 ? '' : `, ${sharesWords(reply.shares)}`;
  return `${answerWords(reply)}${shares}`;
}
