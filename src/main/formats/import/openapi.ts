// Reads OpenAPI 3.1 documents with `webhooks` as a source of sample events: the examples that stand there, else one
// made from the schema by openapi-sampler. References to other files are not followed.

import { sample } from 'openapi-sampler';
import type { Finds } from './plan.ts';
import { addRequest, utf8 } from './request-parts.ts';
import { fieldsOf, listOf, member, numberOf, refuse, textOf } from './untrusted.ts';

/** Values that an example may have. */
const maxNodes = 5_000;
/** Nested objects that an example may have. */
const sampleDepth = 8;
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Whether the document is of OpenAPI 3. */
export function isOpenApi(document: unknown): boolean {
  return /^3\./.test(textOf(document, 'openapi') ?? '');
}

/** Throws AppError IMPORT_INVALID where it describes no webhook. */
export function readOpenApi(document: unknown, finds: Finds): void {
  const webhooks = fieldsOf(member(document, 'webhooks'));
  if (webhooks === null) refuse('The OpenAPI document has no webhooks.');
  for (const [name, item] of Object.entries(webhooks)) {
    for (const method of methods) {
      const operation = member(item, method);
      if (fieldsOf(operation) !== null) readOperation(document, name, method, operation, finds);
    }
  }
}

function readOperation(document: unknown, name: string, method: string, operation: unknown, finds: Finds): void {
  const place = `webhook ${name.slice(0, 100)}`;
  const content = fieldsOf(member(resolved(document, member(operation, 'requestBody')), 'content'));
  const [mediaType, media] = Object.entries(content ?? {})[0] ?? ['application/json', undefined];
  for (const value of examplesOf(document, media, place, finds)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
    addRequest(finds, {
      place,
      method: method.toUpperCase(),
      url: `/${name.replace(/[^A-Za-z0-9._-]+/g, '-')}`,
      headers: [['Content-Type', mediaType.replace(/[\r\n\0]/g, '')]],
      body: value === undefined ? new Uint8Array(0) : utf8(text),
      known: { event: name.slice(0, 500) },
    });
  }
}

function examplesOf(document: unknown, media: unknown, place: string, finds: Finds): unknown[] {
  if (member(media, 'example') !== undefined) return [member(media, 'example')];
  const named = fieldsOf(member(media, 'examples'));
  const values = Object.values(named ?? {}).flatMap((one) => {
    const value = member(resolved(document, one), 'value');
    return value === undefined ? [] : [value];
  });
  if (values.length > 0) return values.slice(0, 50);
  const schema = member(media, 'schema');
  if (schema === undefined) return [undefined];
  if (expandedSize(document, schema, 0, new Map()) > maxNodes) {
    finds.leftOut.push({ place, message: 'Its schema grows too large for an example.' });
    return [];
  }
  try {
    return [sample(schema as object, { quiet: true, maxSampleDepth: sampleDepth }, document as object)];
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : 'unknown';
    finds.leftOut.push({ place, message: `No example could be made from its schema: ${why}.` });
    return [];
  }
}

/**
 * About how many values an example of the schema has: references are followed as deep as the sampler does, each schema
 * once per depth, so that a few lines that stand for millions cost nothing.
 */
function expandedSize(document: unknown, schema: unknown, depth: number, known: Map<unknown, number[]>): number {
  if (depth > sampleDepth || typeof schema !== 'object' || schema === null) return 1;
  const sizes = known.get(schema) ?? [];
  const found = sizes[depth];
  if (found !== undefined) return found;
  sizes[depth] = 1;
  known.set(schema, sizes);
  const parts: unknown[] = [
    ...(textOf(schema, '$ref') === undefined ? [] : [resolved(document, schema)]),
    ...Object.values(fieldsOf(member(schema, 'properties')) ?? {}),
    ...['allOf', 'oneOf', 'anyOf', 'prefixItems'].flatMap((name) => listOf(schema, name)),
    ...['items', 'additionalProperties', 'contains', 'if', 'then', 'else'].map((name) => member(schema, name)),
  ];
  const least = Math.min(numberOf(schema, 'minItems') ?? 1, maxNodes);
  let size = 1;
  for (const part of parts) size += expandedSize(document, part, depth + 1, known);
  sizes[depth] = Math.min(size * Math.max(1, least) + (numberOf(schema, 'minLength') ?? 0) / 100, maxNodes + 1);
  return sizes[depth];
}

/** The object, or what its `$ref` names inside the document. */
function resolved(document: unknown, value: unknown): unknown {
  const ref = textOf(value, '$ref');
  if (ref === undefined) return value;
  if (!ref.startsWith('#/')) return undefined;
  let found: unknown = document;
  for (const step of ref.slice(2).split('/')) found = member(found, step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return found;
}
