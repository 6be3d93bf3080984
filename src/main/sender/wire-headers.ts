// The header block of an outgoing message. Framing and connection fields belong to the sender: whatever a person or a
// captured request says about them is replaced, so that they can never contradict the bytes that follow.

import { withoutHeaders } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';

/** Lower-case names of the fields that only the sender writes: host, framing, hop by hop. */
export const senderFields: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'content-length',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The fields that go over the wire, in order: Host, the message's own in their case and order, length, connection. */
export function wireHeaders(
  url: URL,
  method: string,
  headers: readonly HeaderPair[],
  bodyLength: number,
): readonly HeaderPair[] {
  const fields: HeaderPair[] = [['Host', url.host], ...withoutHeaders(headers, senderFields)];
  const bodiless = bodyLength === 0 && ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'TRACE'].includes(method);
  if (!bodiless) fields.push(['Content-Length', String(bodyLength)]);
  fields.push(['Connection', 'close']);
  return fields;
}
