// Rules of an endpoint as a person reads them, and new ones to begin with.

import type { Condition, Reply, ResponseRule } from '../../shared/replies.ts';
import type { Answer } from '../../shared/replies.ts';
import type { Choice } from './choices.ts';

/** What a condition can look at. */
export const fieldChoices: readonly Choice[] = [
  { value: 'method', label: 'Method' },
  { value: 'path', label: 'Path' },
  { value: 'query', label: 'Query parameter' },
  { value: 'header', label: 'Header' },
  { value: 'json', label: 'JSON path' },
  { value: 'body', label: 'Body' },
  { value: 'provider', label: 'Provider' },
  { value: 'event', label: 'Event' },
  { value: 'verdict', label: 'Verdict' },
  { value: 'duplicate', label: 'Duplicate' },
];

/** How it looks. */
export const opChoices: readonly Choice[] = [
  { value: 'is', label: 'is' },
  { value: 'is-not', label: 'is not' },
  { value: 'has', label: 'holds' },
  { value: 'exists', label: 'is there' },
  { value: 'absent', label: 'is not there' },
];

/** Whether the field needs a name beside it. */
export function needsName(field: Condition['field']): boolean {
  return field === 'query' || field === 'header' || field === 'json';
}

/** Whether the comparison needs a value. */
export function needsValue(op: Condition['op']): boolean {
  return op !== 'exists' && op !== 'absent';
}

/** What may stand in the value, as an example. */
export const valueHints: Readonly<Record<Condition['field'], string>> = {
  method: 'POST',
  path: '/in/shop/*',
  query: 'value',
  header: 'value',
  json: 'value',
  body: 'text',
  provider: 'stripe',
  event: 'order.*',
  verdict: 'valid, invalid, missing, expired …',
  duplicate: 'first, retry, conflict, same-body',
};

const labels = new Map([...fieldChoices, ...opChoices].map(({ value, label }) => [value, label.toLowerCase()]));

/** A condition in words: `header X-Test is 1`. */
export function conditionWords({ field, name, op, value }: Condition): string {
  const subject = [labels.get(field) ?? field, needsName(field) ? name : ''].filter((part) => part !== '').join(' ');
  return `${subject} ${labels.get(op) ?? op}${needsValue(op) ? ` ${value}` : ''}`;
}

/** All conditions in words; a rule without any takes every request. */
export function conditionsWords(when: readonly Condition[]): string {
  return when.length === 0 ? 'every request' : when.map(conditionWords).join(' and ');
}

/** The answer that a new row begins with. */
export const failingAnswer: Answer = { status: 503, headers: [], body: '', delayMs: 0, fault: null };

/** The reply that a new rule begins with. */
export const failingReply: Reply = { ...failingAnswer, sequence: null, shares: [] };

/** A new condition. */
export const newCondition: Condition = { field: 'event', name: '', op: 'is', value: '' };

/** A new rule: it fails the events that the person names next. */
export function newRule(id: string): ResponseRule {
  return { id, name: '', active: true, when: [newCondition], reply: failingReply };
}
