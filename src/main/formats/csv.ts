// CSV (RFC 4180), one row a request: every field quoted, and no cell that a spreadsheet would run
// (https://owasp.org/www-community/attacks/CSV_Injection): a leading apostrophe makes it text.

import { textOrBase64 } from './body-words.ts';
import type { ExportRow } from './export-row.ts';
import type { FormatWriter } from './format-writer.ts';

/** Characters of a body or of headers in one cell; spreadsheets refuse more than 32,767. */
const longestCell = 32_000;

const columns: readonly (readonly [name: string, value: (row: ExportRow) => string])[] = [
  ['id', ({ request }) => request.id],
  ['receivedAt', ({ request }) => new Date(request.receivedAt).toISOString()],
  ['method', ({ request }) => request.method],
  ['target', ({ request }) => request.target],
  ['endpoint', ({ request }) => request.endpoint],
  ['provider', ({ request }) => request.provider ?? ''],
  ['event', ({ request }) => request.event ?? ''],
  ['deliveryId', ({ request }) => request.deliveryId ?? ''],
  ['verdict', ({ request }) => request.verdict.status],
  ['reason', ({ request }) => request.verdict.reason],
  ['duplicate', ({ request }) => request.duplicate.kind],
  ['duplicateOf', ({ request }) => request.duplicate.of ?? ''],
  ['replyStatus', ({ request }) => String(request.reply.status ?? '')],
  ['replyMs', ({ request }) => String(request.reply.ms ?? '')],
  ['remoteAddress', ({ request }) => request.remoteAddress],
  ['size', ({ request }) => String(request.size)],
  ['sha256', ({ request }) => request.sha256],
  ['note', ({ request }) => request.note ?? ''],
  ['headers', ({ request }) => cut(request.headers.map(([name, value]) => `${name}: ${value}`).join('\n'))],
  ['bodyEncoding', ({ body }) => (textOrBase64(body).base64 ? 'base64' : 'text')],
  ['body', ({ body }) => cut(textOrBase64(body).text)],
  ['bodyCut', ({ body }) => (textOrBase64(body).text.length > longestCell ? 'yes' : '')],
];

/** Writes one table with a head line. */
export function csvWriter(): FormatWriter {
  return {
    head: () => line(columns.map(([name]) => name)),
    row: (row) => line(columns.map(([, value]) => value(row))),
    tail: () => '',
  };
}

function line(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

/** A quoted cell that is text to any spreadsheet. */
export function csvCell(text: string): string {
  // Full-width forms (U+FF1D and so on) count as the plain ones in some spreadsheets.
  const live = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/.test(text);
  return `"${live ? "'" : ''}${text.replaceAll('\0', '\ufffd').replaceAll('"', '""')}"`;
}

function cut(text: string): string {
  return text.length > longestCell ? text.slice(0, longestCell) : text;
}
