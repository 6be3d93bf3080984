// The events that are sent, and bodies that a careless handler trips over. The plain ones are compact JSON on purpose:
// those survive a parse and a rewrite, so that only the cases made for it show a handler that rewrites.

import { Buffer } from 'node:buffer';
import { parseJson } from '../../shared/providers/read-value.ts';
import { addMembers, compactJson } from './json-text.ts';

/** One event before it is signed. */
export interface CheckEvent {
  readonly messageId: string;
  readonly event: string | null;
  readonly contentType: string;
  readonly body: Uint8Array;
}

/** What one case adds to an event. Receivers must ignore members and fields that they do not know. */
export interface BodyAddition {
  /** Members in JSON text, without the comma after them. */
  readonly json: string;
  /** An encoded form field; absent where the case needs JSON. */
  readonly form?: string;
  /** Text around the whole JSON body. */
  readonly end?: string;
}

/** Letters, marks and symbols of several scripts, raw and as escapes. */
export const unicodeAddition: BodyAddition = {
  json: `"hookbench_check":"Grüße, 東京, мир, e\u0301, 😀, \\u00e9\\ud83d\\ude00\\u2028 and \\/"`,
  form: 'hookbench_check=Gr%c3%bc%C3%9Fe+%f0%9f%98%80+%E2%80%A8+%41%2D%7e',
};

/** CRLF between members, at the end, and inside a text. */
export const crlfAddition: BodyAddition = {
  json: '\r\n  "hookbench_check": "one\\r\\ntwo",\r\n  "hookbench_lines": 2',
  form: 'hookbench_check=one%0D%0Atwo%0d%0a',
  end: '\r\n',
};

/** Numbers that a parser rounds or spells in another way, and a member that stands twice. */
export const spellingAddition: BodyAddition = {
  json: '"hookbench_check":[1.0,1e2,-0.50,12345678901234567890],"hookbench_twice":1,"hookbench_twice":2',
};

/** Makes the body another one, and nothing else. */
export const markAddition: BodyAddition = { json: '"hookbench_check":"other body"', form: 'hookbench_check=other' };

/** An addition of about `size` bytes. */
export function padding(size: number): BodyAddition {
  const text = 'x'.repeat(size);
  return { json: `"hookbench_check":"${text}"`, form: `hookbench_check=${text}` };
}

/** The event with the addition; null when its body is neither JSON nor a form that could hold it. */
export function withAddition(event: CheckEvent, addition: BodyAddition): CheckEvent | null {
  const text = bodyText(event);
  if (text === null) return null;
  if (isForm(event)) return addition.form === undefined ? null : withText(event, joinForm(text, addition.form));
  const longer = parseJson(text) === undefined ? null : addMembers(text, addition.json);
  return longer === null ? null : withText(event, longer + (addition.end ?? ''));
}

/** The event with blanks between JSON tokens removed; any other body stays. */
export function compacted(event: CheckEvent): CheckEvent {
  const text = bodyText(event);
  return text === null || isForm(event) || parseJson(text) === undefined ? event : withText(event, compactJson(text));
}

/** The event with this text as its body. */
export function withText(event: CheckEvent, text: string): CheckEvent {
  return { ...event, body: Buffer.from(text, 'utf8') };
}

/** The body as text; null when it is not UTF-8. */
export function bodyText({ body }: CheckEvent): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}

/** Whether the event is a form. */
export function isForm({ contentType }: CheckEvent): boolean {
  return /^application\/x-www-form-urlencoded\b/i.test(contentType);
}

function joinForm(text: string, field: string): string {
  return text === '' ? field : `${text}&${field}`;
}
