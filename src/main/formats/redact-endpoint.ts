// Takes secrets out of an endpoint before it leaves with a collection: its answers, rules and forwards are free text, in
// which a person may have put anything.

import type { HeaderPair } from '../../shared/headers.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import type { Redactor } from './redact.ts';

/** The endpoint with everything masked that is or looks like a secret. */
export function redactEndpoint(endpoint: Endpoint, redact: Redactor): unknown {
  return clean(endpoint, redact);
}

function clean(value: unknown, redact: Redactor): unknown {
  if (typeof value === 'string') return redact.text(value);
  if (Array.isArray(value)) return value.map((member) => clean(member, redact));
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  const plain = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, clean(field, redact)]));
  if (isAnswer(fields)) {
    plain['headers'] = redact.headers(fields.headers);
    plain['body'] = new TextDecoder().decode(redact.body(new TextEncoder().encode(fields.body), fields.headers));
  }
  if (isHeaderCondition(fields)) plain['value'] = redact.headers([[fields.name, fields.value]])[0]?.[1] ?? '';
  return plain;
}

function isAnswer(fields: object): fields is { readonly headers: readonly HeaderPair[]; readonly body: string } {
  return 'headers' in fields && Array.isArray(fields.headers) && 'body' in fields && typeof fields.body === 'string';
}

function isHeaderCondition(fields: object): fields is { readonly name: string; readonly value: string } {
  return 'field' in fields && fields.field === 'header';
}
