// Judges a HAR file by the published schema of HAR 1.2 (package `har-schema`, draft 06).

import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import type { ValidateFunction } from 'ajv';

const require = createRequire(import.meta.url);

/** A validator of whole HAR files; its `errors` say what is wrong. */
export function harValidator(): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json') as object);
  ajv.addFormat('uri', (text: string) => /^[a-z]+:/.test(text) && URL.canParse(text) && /^[\x21-\x7e]+$/.test(text));
  ajv.addFormat('date-time', (text: string) => new Date(text).toISOString() === text);
  ajv.addFormat('ipv4', true);
  ajv.addFormat('ipv6', true);
  const schemas = require('har-schema') as Record<string, { $id: string }>;
  for (const schema of Object.values(schemas)) ajv.addSchema(schema);
  const check = ajv.getSchema('har.json#') ?? ajv.getSchema('har.json');
  if (!check) throw new Error('no schema for HAR');
  return check;
}
