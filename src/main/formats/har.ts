// HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): one entry per request, for other people's HTTP tools.
// HAR describes a client's view; what only a receiver knows stands in fields that begin with an underscore.

import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ReplyRecord } from '../../shared/replies.ts';
import { originOf, utf8Text } from './export-row.ts';
import type { ExportRequest, ExportRow } from './export-row.ts';

/** What stands before the first entry of a HAR file. */
export function harHead(version: string): string {
  const creator = JSON.stringify({ name: 'Hookbench', version });
  return `{"log":{"version":"1.2","creator":${creator},"entries":[`;
}

/** What stands after the last entry. */
export const harTail = ']}}\n';

/** One entry. Sizes that are not known are -1. */
export function harEntry(row: ExportRow) {
  const { request } = row;
  const wait = request.reply.ms ?? 0;
  return {
    startedDateTime: new Date(request.receivedAt).toISOString(),
    time: wait,
    request: harRequest(row),
    response: harResponse(row),
    cache: {},
    timings: { send: 0, wait, receive: 0 },
    comment: describe(request),
    _id: request.id,
    _seq: request.seq,
    _remoteAddress: request.remoteAddress,
    _endpoint: request.endpoint,
    _provider: request.provider,
    _event: request.event,
    _deliveryId: request.deliveryId,
    _verdict: request.verdict,
    _duplicate: request.duplicate,
    _sha256: request.sha256,
    _truncated: request.truncated,
    ...(row.redacted ? { _redacted: true } : {}),
  };
}

function harRequest({ request, body }: ExportRow) {
  const url = urlOf(request);
  return {
    method: request.method,
    url: url.href,
    httpVersion: `HTTP/${request.httpVersion}`,
    cookies: [],
    headers: nameValues(request.headers),
    queryString: nameValues([...url.searchParams]),
    headersSize: -1,
    bodySize: request.size,
    ...(body.byteLength > 0 ? { postData: postData(request, body) } : {}),
    _target: request.target,
    ...(request.trailers.length > 0 ? { _trailers: nameValues(request.trailers) } : {}),
  };
}

/** Headers as the host planned them: length and connection, which the receiver adds, are not among them. */
function harResponse({ request, reply }: ExportRow) {
  const headers = reply?.headers ?? [];
  return {
    // The connection may have ended without an answer, whatever was planned.
    status: request.reply.status ?? 0,
    statusText: '',
    httpVersion: `HTTP/${request.httpVersion}`,
    cookies: [],
    headers: nameValues(headers),
    content: reply ? replyContent(reply) : { size: 0, mimeType: 'x-unknown', comment: 'The reply was not kept.' },
    redirectURL: headerValue(headers, 'location') ?? '',
    headersSize: -1,
    bodySize: reply?.size ?? -1,
    ...(reply ? { _by: reply.by, _why: reply.why, _fault: reply.fault } : {}),
  };
}

/** Bytes of a reply's body that its record holds. */
const keptBytes = 65_536;

function replyContent({ headers, body, size }: ReplyRecord) {
  const mimeType = headerValue(headers, 'content-type') ?? 'x-unknown';
  const text = utf8Text(body);
  return {
    size,
    mimeType,
    ...(text === null ? { text: Buffer.from(body).toString('base64'), encoding: 'base64' } : { text }),
    ...(size > keptBytes ? { comment: 'Only the first 64 KiB were kept.' } : {}),
  };
}

/** HAR has no encoding for request bodies: bytes that are not UTF-8 are base64, and `_encoding` says so. */
function postData(request: ExportRequest, body: Uint8Array) {
  const mimeType = headerValue(request.headers, 'content-type') ?? '';
  const text = utf8Text(body);
  if (text !== null) return { mimeType, text };
  return {
    mimeType,
    text: Buffer.from(body).toString('base64'),
    _encoding: 'base64',
    comment: 'text is base64: the body is not UTF-8',
  };
}

/** HAR wants a full URL; a target that makes none (`*`, broken escapes) is only in `_target`. */
function urlOf(request: ExportRequest): URL {
  const origin = originOf(request);
  const full = request.target.startsWith('/') ? origin + request.target : request.target;
  try {
    const url = new URL(full);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url : new URL(origin);
  } catch {
    return new URL('http://127.0.0.1');
  }
}

function describe(request: ExportRequest): string {
  const { verdict, duplicate } = request;
  const repeats = duplicate.of === null ? '' : ` Duplicate (${duplicate.kind}) of ${duplicate.of}.`;
  return `Signature ${verdict.status}: ${verdict.message}${repeats}`;
}

function nameValues(pairs: readonly HeaderPair[]): { name: string; value: string }[] {
  return pairs.map(([name, value]) => ({ name, value }));
}
