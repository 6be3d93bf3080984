// Reads .http files: requests between lines of ###. Variables that the file itself sets are looked up once; scripts,
// files and prompts are left out.

import type { HeaderPair } from '../../../shared/headers.ts';
import { base64Comment } from '../http-file.ts';
import type { Finds } from './plan.ts';
import { addRequest, utf8 } from './request-parts.ts';
import { base64Bytes } from './untrusted.ts';
import { createVariables } from './variables.ts';
import type { Variables } from './variables.ts';

const requestLine = /^(?:([A-Za-z][A-Za-z-]*)\s+)?(\S.*?)(?:\s+HTTP\/(\d(?:\.\d)?))?\s*$/;

/** Whether the text has a request line with a method and a URL, a path or a variable. */
export function isHttpFile(text: string): boolean {
  return /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|QUERY)\s+(https?:|\/|\{\{)/m.test(text);
}

/** Reads every block; a block without a request line is none. */
export function readHttpFile(text: string, finds: Finds): void {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const values = createVariables();
  let start = 0;
  for (let n = 0; n <= lines.length; n += 1) {
    if (n < lines.length && !lines[n]?.startsWith('###')) continue;
    readBlock(lines.slice(start, n), start, values, finds);
    start = n + 1;
  }
}

function readBlock(lines: readonly string[], offset: number, values: Variables, finds: Finds): void {
  const lookup = values.fill;
  let at = 0;
  let coded = '';
  for (; at < lines.length; at += 1) {
    const line = lines[at] as string;
    const set = /^@([\w.-]+)\s*=\s*(.*)$/.exec(line);
    if (set) values.set(set[1] as string, lookup((set[2] as string).trim()));
    else if (line.startsWith(base64Comment)) coded += line.slice(base64Comment.length);
    else if (line.trim() !== '' && !/^(#|\/\/|<\s*\{%)/.test(line)) break;
  }
  if (at >= lines.length) return;
  const place = `line ${offset + at + 1}`;
  const match = requestLine.exec(lookup(lines[at] as string));
  const url = match?.[2];
  if (url === undefined) {
    finds.leftOut.push({ place, message: 'It is no request line.' });
    return;
  }
  const headers: HeaderPair[] = [];
  for (at += 1; at < lines.length && (lines[at] as string).trim() !== ''; at += 1) {
    const line = lines[at] as string;
    const colon = line.indexOf(':');
    if (/^(#|\/\/)/.test(line)) continue;
    if (colon > 0) headers.push([line.slice(0, colon).trim(), lookup(line.slice(colon + 1).trim())]);
  }
  const rest = lines.slice(at + 1);
  const script = rest.findIndex((line) => /^(>\s*\{%|>\s|<>)/.test(line));
  if (script >= 0) finds.leftOut.push({ place: `line ${offset + at + 2 + script}`, message: 'A script was dropped.' });
  const bodyText = (script < 0 ? rest : rest.slice(0, script)).join('\n').replace(/^\n+|\s+$/g, '');
  if (/^<\s*\S/.test(bodyText) && !bodyText.includes('\n')) {
    finds.leftOut.push({
      place,
      message: `Its body is the file ${JSON.stringify(bodyText.slice(1).trim())}, which is not read.`,
    });
    return;
  }
  const body = coded === '' ? utf8(lookup(bodyText)) : base64Bytes(coded);
  if (body === null) {
    finds.leftOut.push({ place, message: 'Its base64 lines are damaged.' });
    return;
  }
  addRequest(finds, {
    place,
    method: match?.[1] ?? 'GET',
    url,
    httpVersion: match?.[3] ?? '1.1',
    headers,
    body,
  });
}
