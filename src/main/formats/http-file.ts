// The .http file of editors (JetBrains, VS Code): requests in the form of HTTP itself, one after the other. It trims
// bodies and reads some lines as commands, so a body that it would change stands in comments, as base64.

import { base64Of } from './body-words.ts';
import { framingFields, isFieldName, urlTextOf, utf8Text } from './export-row.ts';
import type { ExportRow } from './export-row.ts';
import type { FormatWriter } from './format-writer.ts';
import { commentText } from './shell-quote.ts';

/** Marks the lines of a body that the format cannot hold. */
export const base64Comment = '# base64: ';

/** Writes one file. */
export function httpFileWriter(): FormatWriter {
  return { head: () => '', row: httpRequestText, tail: () => '' };
}

/** One request with the line that separates it from the one before. */
export function httpRequestText({ request, body, redacted }: ExportRow): string {
  const { id, method, receivedAt, verdict } = request;
  const lines = [
    `### ${commentText(`${new Date(receivedAt).toISOString()} ${request.event ?? ''} (${id})`)}`,
    `# ${commentText(verdict.message)}`,
  ];
  if (redacted) lines.push('# Secrets are masked: put your own in place of the words in angle quotes.');
  if (request.truncated) lines.push(`# Only ${body.byteLength} of ${request.size} body bytes were kept.`);
  const text = body.byteLength > 0 ? plainBody(body) : '';
  if (text === null) {
    lines.push(`# This format cannot hold the body as it is (${body.byteLength} bytes):`);
    for (const piece of base64Of(body).match(/.{1,96}/g) ?? []) lines.push(base64Comment + piece);
  }
  const word = isFieldName(method) ? method : 'POST';
  lines.push(`${word} ${requestUrl(urlTextOf(request))}`);
  for (const [name, value] of request.headers) {
    if (framingFields.has(name.toLowerCase()) || !isFieldName(name)) continue;
    lines.push(/[^\t\x20-\x7e\xa0-\xff]/.test(value) ? `# ${commentText(`${name}: ${value}`)}` : `${name}: ${value}`);
  }
  return `${lines.join('\n')}\n${text ? `\n${text}\n` : ''}\n`;
}

/** A line holds one URL: blanks and what is not ASCII would end it. Targets hold one character per byte. */
function requestUrl(url: string): string {
  return url.replace(
    /[^\x21-\x7e]/g,
    (byte) => `%${(byte.charCodeAt(0) & 0xff).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** The body where an editor sends exactly it, else null. */
function plainBody(body: Uint8Array): string | null {
  const text = utf8Text(body);
  if (text === null || text !== text.trim()) return null;
  // A line that begins so is a separator, a comment, a file to read or a script to run; {{ is a variable.
  if (/^(#|\/\/|<|>|@)/m.test(text) || text.includes('{{')) return null;
  return /[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u.test(text.replace(/[\n\t]/g, '')) ? null : text;
}
