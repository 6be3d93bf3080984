// OpenAPI 3.1 with `webhooks` (https://spec.openapis.org/oas/v3.1.1.html#fixed-fields): one entry for each kind of
// event, its schema found from all captured ones, one of them as the example. Written at the end; what is kept until
// then is bounded by the kinds of events, not by their number.

import { headerValue } from '../../shared/headers.ts';
import { utf8Text } from './export-row.ts';
import type { ExportRow } from './export-row.ts';
import type { FormatWriter } from './format-writer.ts';
import { addExample, emptyShape, schemaOf } from './infer-schema.ts';
import type { Shape } from './infer-schema.ts';
import { jsonText } from './jsonl.ts';

/** Kinds of events in one document. */
const maxKinds = 500;
/** Larger bodies are not looked into, bytes; larger examples are left out. */
const maxBodyBytes = 1_048_576;
const maxExampleBytes = 65_536;
/** Fields of one connection or of every request say nothing about an event. */
const plainFields =
  /^(host|content-length|content-type|connection|accept|accept-encoding|user-agent|transfer-encoding)$/i;

interface Kind {
  readonly name: string;
  readonly provider: string | null;
  readonly event: string | null;
  readonly method: string;
  readonly mediaType: string;
  /** Header fields that every request had, lower case. */
  fields: Set<string> | null;
  readonly shape: Shape;
  example: unknown;
  seen: number;
}

/** Writes one document. `title` names it. */
export function openApiWriter(title: string): FormatWriter {
  const kinds = new Map<string, Kind>();
  return {
    head: () => '',
    row(row) {
      note(kinds, row);
      return '';
    },
    tail: () => `${jsonText(documentOf(title, [...kinds.values()]))}\n`,
  };
}

function note(kinds: Map<string, Kind>, { request, body }: ExportRow): void {
  const mediaType = (headerValue(request.headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const method = request.method.toLowerCase();
  const key = [request.provider, request.event, method, mediaType].join('\n');
  let kind = kinds.get(key);
  if (!kind) {
    if (kinds.size >= maxKinds) return;
    kind = {
      name: nameFor(kinds, request.provider, request.event, request.target),
      provider: request.provider,
      event: request.event,
      method,
      mediaType: /^[\w.+-]+\/[\w.+-]+$/.test(mediaType) ? mediaType : 'application/octet-stream',
      fields: null,
      shape: emptyShape(),
      example: undefined,
      seen: 0,
    };
    kinds.set(key, kind);
  }
  kind.seen += 1;
  const names = new Set(request.headers.map(([name]) => name.toLowerCase()).filter((name) => !plainFields.test(name)));
  kind.fields = kind.fields === null ? names : new Set([...kind.fields].filter((name) => names.has(name)));
  if (body.byteLength === 0 || body.byteLength > maxBodyBytes) return;
  const value = parsed(body);
  if (value === undefined) return;
  addExample(kind.shape, value);
  if (body.byteLength <= maxExampleBytes) kind.example ??= value;
}

/** Undefined where it is no JSON. */
function parsed(body: Uint8Array): unknown {
  const text = utf8Text(body);
  if (text === null) return undefined;
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    return undefined;
  }
}

function nameFor(kinds: Map<string, Kind>, provider: string | null, event: string | null, target: string): string {
  const plain = [provider, event ?? target.split('?', 1)[0]].filter((part) => part !== null).join('.');
  const name = plain.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '') || 'event';
  const taken = new Set([...kinds.values()].map((kind) => kind.name));
  for (let n = 1; ; n += 1) {
    const free = n === 1 ? name : `${name}-${n}`;
    if (!taken.has(free)) return free;
  }
}

const operations = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

function documentOf(title: string, kinds: readonly Kind[]) {
  return {
    openapi: '3.1.1',
    info: {
      title,
      version: '1.0.0',
      description:
        'Made by Hookbench from captured webhooks: schemas say what was seen, not what the provider promises.',
    },
    webhooks: Object.fromEntries(kinds.map((kind) => [kind.name, pathItem(kind)])),
  };
}

function pathItem(kind: Kind) {
  const schema = schemaOf(kind.shape);
  const operation = {
    summary: [kind.provider, kind.event].filter((part) => part !== null).join(': ') || kind.name,
    description: `Seen ${kind.seen} ${kind.seen === 1 ? 'time' : 'times'}.`,
    ...(kind.provider !== null && { tags: [kind.provider] }),
    parameters: [...(kind.fields ?? [])]
      .filter((name) => /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) && name !== 'accept' && name !== 'authorization')
      .map((name) => ({ name, in: 'header', required: true, schema: { type: 'string' } })),
    requestBody: {
      content: {
        [kind.mediaType]: { schema, ...(kind.example !== undefined && { example: kind.example }) },
      },
    },
    responses: { '200': { description: 'The event was taken.' } },
  };
  // OpenAPI has no place for other methods.
  return { [operations.has(kind.method) ? kind.method : 'post']: operation };
}
