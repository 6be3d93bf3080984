// The words of an import: what kind of file it is.

import type { ImportFormat } from '../../shared/imports.ts';

/** What a person calls each format. */
export const importFormatWords: Readonly<Record<ImportFormat, string>> = {
  hookbench: 'Hookbench collection',
  har: 'HAR 1.2',
  postman: 'Postman collection',
  opencollection: 'OpenCollection',
  bruno: 'Bruno collection',
  curl: 'cURL commands',
  http: 'HTTP file',
  jsonl: 'JSON lines',
  openapi: 'OpenAPI webhooks',
};
