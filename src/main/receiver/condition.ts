// Conditions of rules over one request. Values are read when the first condition asks for them and kept while the rules
// are tried. No pattern is ever compiled: `*` is all there is.

import { headerValues } from '../../shared/headers.ts';
import { valueAt } from '../../shared/providers/read-value.ts';
import type { Condition, ResponseRule } from '../../shared/replies.ts';
import type { ReplyFacts } from './rules-contract.ts';
import { targetPath } from '../../shared/request-target.ts';

/** Bytes of a body that are looked into. A larger body holds no JSON for a condition, and of its text the beginning. */
export const lookLimit = 1_048_576;

/** Gives the first active rule whose conditions all hold for a request, or null. */
export type RuleFinder = (facts: ReplyFacts) => ResponseRule | null;

/** What a condition looks at: the values there, or only that something is there. */
interface Found {
  readonly exists: boolean;
  readonly texts: readonly string[];
  /** The same in lower case, once somebody asked. */
  lowered: readonly string[] | null;
}

interface Ready {
  readonly rule: ResponseRule;
  readonly when: readonly { readonly slot: number; readonly holds: (found: Found) => boolean }[];
}

const decoder = new TextDecoder();

/** Makes rules ready, so that many of them cost a request little: what several look at is read once. */
export function createRuleFinder(rules: readonly ResponseRule[]): RuleFinder {
  const slots = new Map<string, number>();
  const sources: Condition[] = [];

  function slotOf(condition: Condition): number {
    const key = `${condition.field} ${condition.name}`;
    const known = slots.get(key);
    if (known !== undefined) return known;
    slots.set(key, sources.length);
    return sources.push(condition) - 1;
  }

  const ready = rules
    .filter(({ active }) => active)
    .map((rule): Ready => {
      return { rule, when: rule.when.map((condition) => ({ slot: slotOf(condition), holds: testOf(condition) })) };
    });

  return (facts) => {
    const known: Found[] = [];
    const found = (slot: number): Found => (known[slot] ??= read(sources[slot] as Condition, facts));
    for (const { rule, when } of ready) if (when.every(({ slot, holds }) => holds(found(slot)))) return rule;
    return null;
  };
}

function testOf({ field, op, value }: Condition): (found: Found) => boolean {
  const isExact = field === 'json' || field === 'body';
  const wanted = isExact ? value : value.toLowerCase();
  const textsOf = (found: Found): readonly string[] =>
    isExact ? found.texts : (found.lowered ??= found.texts.map((text) => text.toLowerCase()));
  const matches = matcherOf(wanted);
  switch (op) {
    case 'exists':
      return ({ exists }) => exists;
    case 'absent':
      return ({ exists }) => !exists;
    case 'has':
      return (found) => textsOf(found).some((text) => text.includes(wanted));
    case 'is':
      return (found) => textsOf(found).some(matches);
    case 'is-not':
      return (found) => !textsOf(found).some(matches);
  }
}

function read({ field, name }: Condition, facts: ReplyFacts): Found {
  const { request, look, verdict, duplicate } = facts;
  switch (field) {
    case 'method':
      return one(request.method);
    case 'path':
      return one(targetPath(request.target));
    case 'query':
      return one(look.query(name));
    case 'header':
      return some(headerValues(request.headers, name));
    case 'json': {
      const value = jsonAt(facts, name);
      if (value === undefined) return some([]);
      // Lists and objects are there, but have no text to compare.
      if (typeof value === 'object' && value !== null) return { exists: true, texts: [], lowered: null };
      return one(typeof value === 'string' ? value : JSON.stringify(value));
    }
    case 'body':
      return request.body.length === 0 ? some([]) : one(decoder.decode(request.body.subarray(0, lookLimit)));
    case 'provider':
      return one(facts.provider);
    case 'event':
      return one(facts.event);
    case 'verdict':
      return one(verdict.status);
    case 'duplicate':
      return one(duplicate.kind);
  }
}

/** The value at a dotted path of a JSON body; undefined where there is none. */
export function jsonAt({ request, look }: ReplyFacts, path: string): unknown {
  return request.body.length > lookLimit ? undefined : valueAt(look.json(), path);
}

function one(text: string | null | undefined): Found {
  return some(text === null || text === undefined ? [] : [text]);
}

function some(texts: readonly string[]): Found {
  return { exists: texts.length > 0, texts, lowered: null };
}

/** As wildcardMatches of the query language, but the pattern is split once, and case counts: that is settled before. */
function matcherOf(pattern: string): (text: string) => boolean {
  const parts = pattern.split('*');
  const last = parts.pop() ?? '';
  const [first, ...middle] = parts;
  if (first === undefined) return (text) => text === last;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
    let from = first.length;
    for (const part of middle) {
      const at = text.indexOf(part, from);
      if (at === -1) return false;
      from = at + part.length;
    }
    return from <= text.length - last.length;
  };
}
