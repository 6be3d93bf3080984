// Which fields differ between any two requests, so that a difference in them says nothing: what the provider's scheme
// puts in anew each time, and what proxies and tracing add. JSON members count only where the registry names them.

import type { ProviderDefinition, SchemeDefinition } from '../../shared/providers/define.ts';
import type { ValueSource } from '../../shared/providers/sources.ts';

/** Names of such fields. */
export interface VolatileFields {
  /** In lower case. */
  readonly headers: ReadonlySet<string>;
  readonly query: ReadonlySet<string>;
  readonly form: ReadonlySet<string>;
  /** Paths of members, with `*` for any list item. */
  readonly json: readonly (readonly string[])[];
}

/** Of every sender: the time (RFC 9110), and ids of one request that tracing and proxies add. */
const everywhere = [
  'date',
  'traceparent',
  'tracestate',
  'baggage',
  'b3',
  'x-b3-traceid',
  'x-b3-spanid',
  'x-b3-parentspanid',
  'x-request-id',
  'request-id',
  'x-correlation-id',
  'x-trace-id',
  'x-amzn-trace-id',
  'x-amzn-requestid',
  'x-amz-cf-id',
  'x-cloud-trace-context',
  'x-datadog-trace-id',
  'x-datadog-parent-id',
  'sentry-trace',
  'uber-trace-id',
  'newrelic',
  'cf-ray',
];

/** What changes with every request of these providers. */
export function volatileFields(providers: readonly ProviderDefinition[]): VolatileFields {
  const headers = new Set(everywhere);
  const query = new Set<string>();
  const form = new Set<string>();
  const json: string[][] = [];
  const addHeaders = (names: readonly string[]) => names.forEach((name) => headers.add(name.toLowerCase()));

  for (const { deliveryId, schemes, headers: sent } of providers) {
    addSources(deliveryId);
    // A provider's own header is written with a value of the moment where its template says so.
    addHeaders(sent.flatMap(([name, value]) => (/\{\{(id|now)\}\}/.test(value) ? [name] : [])));
    for (const scheme of schemes) addScheme(scheme);
  }
  return { headers, query, form, json };

  function addSources(sources: readonly ValueSource[]): void {
    for (const source of sources) {
      if (source.from === 'header') headers.add(source.name.toLowerCase());
      else if (source.from === 'json') json.push(source.path.split('.'));
      else if (source.from === 'query') query.add(source.name);
      else if (source.from === 'form' && source.path === undefined) form.add(source.name);
    }
  }

  function addScheme(scheme: SchemeDefinition): void {
    switch (scheme.kind) {
      // The secret itself is sent: it stays the same.
      case 'token':
        return;
      case 'jwt':
        return addHeaders([scheme.header]);
      case 'message-signature':
        return addHeaders(['signature', 'signature-input', 'content-digest']);
      case 'recipe':
      case undefined: {
        addHeaders([...scheme.signatureHeaders, ...(scheme.idHeaders ?? []), ...(scheme.timestamp?.headers ?? [])]);
        if (scheme.bodyHashQuery !== undefined) query.add(scheme.bodyHashQuery);
        const { items } = scheme;
        const list = items ? [...items.path.split('.'), '*', ...(items.member?.split('.') ?? [])] : [];
        if (scheme.signaturePath !== undefined) json.push([...list, ...scheme.signaturePath.split('.')]);
        if (scheme.timestamp?.path !== undefined) json.push([...list, ...scheme.timestamp.path.split('.')]);
      }
    }
  }
}
