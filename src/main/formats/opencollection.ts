// OpenCollection (https://www.opencollection.com), Bruno's open format, as one bundled document. It is written as
// JSON, which every YAML reader reads too. A body is always raw text, so that nothing is parsed and printed anew.

import { languageOf, textOrBase64 } from './body-words.ts';
import { framingFields, titleOf, urlTextOf } from './export-row.ts';
import type { ExportRow } from './export-row.ts';
import { listWriter } from './format-writer.ts';
import type { FormatWriter } from './format-writer.ts';
import { jsonText } from './jsonl.ts';

/** Version of the format that is written. */
const formatVersion = '1.0.0';
/** Tag of a request whose body text is base64. */
export const base64Tag = 'base64-body';

/** Writes one collection. `title` names it. */
export function openCollectionWriter(title: string): FormatWriter {
  const head = { opencollection: formatVersion, info: { name: title }, bundled: true };
  return listWriter(`${JSON.stringify(head).slice(0, -1)},"items":[`, '\n]}\n', (row, n) =>
    jsonText(openCollectionItem(row, n)),
  );
}

/** One request as an item; `n` is its place, from 1. Names are made unique by it: Bruno keeps a file for each. */
export function openCollectionItem({ request, body, redacted }: ExportRow, n: number) {
  const { text, base64 } = textOrBase64(body);
  const notes = [
    request.verdict.message,
    base64 ? 'The body is base64: it is not UTF-8.' : '',
    redacted ? 'Secrets are masked.' : '',
  ];
  return {
    info: {
      name: `${n} ${titleOf(request)}`,
      type: 'http',
      seq: n,
      ...(base64 && { tags: [base64Tag] }),
    },
    http: {
      method: request.method,
      url: urlTextOf(request),
      headers: request.headers.map(([name, value]) => ({
        name,
        value,
        ...(framingFields.has(name.toLowerCase()) && { disabled: true }),
      })),
      ...(body.byteLength > 0 && { body: { type: base64 ? 'text' : languageOf(request.headers), data: text } }),
    },
    docs: notes.filter((note) => note !== '').join('\n'),
  };
}
