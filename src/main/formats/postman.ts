// Postman Collection 2.1 (https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html): one item per
// request, its answer as a saved response. Fields that begin with an underscore are ours.

import type { HeaderPair } from '../../shared/headers.ts';
import type { ReplyRecord } from '../../shared/replies.ts';
import { languageOf, textOrBase64 } from './body-words.ts';
import { framingFields, titleOf, urlTextOf } from './export-row.ts';
import type { ExportRow } from './export-row.ts';
import { listWriter } from './format-writer.ts';
import type { FormatWriter } from './format-writer.ts';
import { jsonText } from './jsonl.ts';

const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

/** Writes one collection. `title` names it. */
export function postmanWriter(title: string): FormatWriter {
  return listWriter(`{"info":${JSON.stringify({ name: title, schema })},"item":[`, '\n]}\n', (row) =>
    jsonText(postmanItem(row)),
  );
}

/** One request as an item. */
export function postmanItem(row: ExportRow) {
  const { request, body } = row;
  const { text, base64 } = textOrBase64(body);
  return {
    id: request.id,
    name: titleOf(request),
    request: {
      method: request.method,
      url: urlTextOf(request),
      header: fields(request.headers),
      ...(body.byteLength > 0 && {
        body: { mode: 'raw', raw: text, options: { raw: { language: base64 ? 'text' : languageOf(request.headers) } } },
      }),
      description: describe(row, base64),
    },
    response: row.reply ? [savedResponse(row.reply)] : [],
    _hookbench: {
      receivedAt: request.receivedAt,
      target: request.target,
      sha256: request.sha256,
      ...(base64 && { bodyEncoding: 'base64' }),
      ...(row.redacted && { redacted: true }),
    },
  };
}

/** What the client writes itself is kept, switched off. */
function fields(headers: readonly HeaderPair[]) {
  return headers.map(([key, value]) => ({
    key,
    value,
    ...(framingFields.has(key.toLowerCase()) && { disabled: true }),
  }));
}

function savedResponse(reply: ReplyRecord) {
  return {
    name: reply.why,
    code: reply.status ?? 0,
    status: '',
    header: reply.headers.map(([key, value]) => ({ key, value })),
    body: textOrBase64(reply.body).text,
  };
}

function describe({ request, redacted }: ExportRow, base64: boolean): string {
  const lines = [`Received ${new Date(request.receivedAt).toISOString()}. ${request.verdict.message}`];
  if (base64) lines.push('The body is base64: it is not UTF-8.');
  if (request.truncated) lines.push('Only the beginning of the body was kept.');
  if (redacted) lines.push('Secrets are masked.');
  return lines.join('\n');
}
