// Reads our own line formats: JSON lines as the command line prints them, and the Hookbench collection, whose last
// line proves that it is whole.

import { createHash } from 'node:crypto';
import type { HeaderPair } from '../../../shared/headers.ts';
import type { ReplyRecord } from '../../../shared/replies.ts';
import { nativeVersion } from '../native.ts';
import { knownFacts } from './known-facts.ts';
import type { Finds, KnownFacts } from './plan.ts';
import { addRequest } from './request-parts.ts';
import { base64Bytes, checkDepth, fieldsOf, listOf, member, numberOf, refuse, textOf } from './untrusted.ts';

/** Whether the first line is a JSON object with a type of ours. */
export function isLines(text: string): boolean {
  return /^\{"type":"(hookbench|request|endpoint|ready)"/.test(text.slice(0, 40));
}

/** Throws AppError IMPORT_INVALID where a line is no JSON, the file is cut, or a newer Hookbench wrote it. */
export function readLines(text: string, parse: (text: string) => unknown, finds: Finds): 'hookbench' | 'jsonl' {
  const lines = text.split('\n');
  const objects = lines.flatMap((line, n) => {
    if (line.trim() === '') return [];
    try {
      return [{ value: parse(line), place: `line ${n + 1}` }];
    } catch {
      return refuse(`Line ${n + 1} is no JSON${n === lines.length - 1 ? ': the file may be cut' : ''}.`);
    }
  });
  const native = textOf(objects[0]?.value, 'type') === 'hookbench';
  if (native)
    checkNative(
      text,
      objects.map(({ value }) => value),
    );
  for (const { value, place } of objects) {
    checkDepth(value);
    const type = textOf(value, 'type');
    if (type === 'request') readRequest(value, place, finds);
    else if (type === 'endpoint')
      finds.leftOut.push({ place, message: 'The endpoint was left out: an import changes no settings.' });
  }
  return native ? 'hookbench' : 'jsonl';
}

function checkNative(text: string, values: readonly unknown[]): void {
  const version = numberOf(values[0], 'version');
  if (version === undefined || version < 1 || !Number.isInteger(version)) refuse('The first line names no version.');
  if (version > nativeVersion) refuse(`The file is of version ${version}; this Hookbench knows ${nativeVersion}.`);
  const end = values.at(-1);
  if (textOf(end, 'type') !== 'end') refuse('The last line is missing: the file is cut.');
  const before = text.slice(0, text.trimEnd().lastIndexOf('\n') + 1);
  if (createHash('sha256').update(before).digest('hex') !== textOf(end, 'sha256'))
    refuse('The file was changed after it was written: its hash is another.');
}

function readRequest(value: unknown, place: string, finds: Finds): void {
  const method = textOf(value, 'method');
  const target = textOf(value, 'target');
  const body = base64Bytes(textOf(value, 'bodyBase64') ?? '');
  if (method === undefined || target === undefined || body === null) {
    finds.leftOut.push({ place, message: 'It has no method, no target or a body that is no base64.' });
    return;
  }
  addRequest(finds, {
    place,
    method,
    url: '/',
    target,
    httpVersion: textOf(value, 'httpVersion') ?? '1.1',
    headers: pairs(listOf(value, 'headers')),
    trailers: pairs(listOf(value, 'trailers')),
    body,
    known: { ...knownFacts(value, ''), ...replyFacts(value) },
  });
}

function pairs(list: readonly unknown[]): HeaderPair[] {
  return list.flatMap((one): HeaderPair[] =>
    Array.isArray(one) && typeof one[0] === 'string' && typeof one[1] === 'string' ? [[one[0], one[1]]] : [],
  );
}

function replyFacts(value: unknown): KnownFacts {
  const reply = member(value, 'reply');
  const status = numberOf(reply, 'status');
  const ms = numberOf(reply, 'ms');
  const record = recordOf(member(value, 'replyRecord'));
  return {
    ...(status !== undefined && Number.isInteger(status) && status >= 100 && status <= 599 && { replyStatus: status }),
    ...(ms !== undefined && ms >= 0 && ms <= 86_400_000 && { replyMs: ms }),
    ...(record !== null && { reply: record }),
  };
}

const repliers: readonly ReplyRecord['by'][] = ['endpoint', 'rule', 'handshake', 'forward', 'strict', 'limit'];

function recordOf(value: unknown): ReplyRecord | null {
  const body = base64Bytes(textOf(value, 'bodyBase64') ?? '');
  const by = repliers.find((one) => one === textOf(value, 'by'));
  if (fieldsOf(value) === null || body === null || by === undefined) return null;
  return {
    status: numberOf(value, 'status') ?? null,
    headers: pairs(listOf(value, 'headers')),
    body: body.subarray(0, 65_536),
    size: numberOf(value, 'size') ?? body.length,
    by,
    why: (textOf(value, 'why') ?? '').slice(0, 500),
    delayMs: numberOf(value, 'delayMs') ?? 0,
    fault: null,
  };
}
