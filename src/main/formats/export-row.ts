// What every format is given: one stored request and its bytes. Described here by shape, so that formats need to
// know neither the history store nor the host.

import type { ExchangeSummary } from '../../shared/exchange.ts';
import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ReplyRecord } from '../../shared/replies.ts';

/** A stored request without its body. */
export interface ExportRequest extends ExchangeSummary {
  readonly httpVersion: string;
  readonly headers: readonly HeaderPair[];
  readonly trailers: readonly HeaderPair[];
  /** Body bytes that are stored; less than `size` when truncated. */
  readonly storedSize: number;
}

/** One request to write. */
export interface ExportRow {
  readonly request: ExportRequest;
  /** The stored bytes. */
  readonly body: Uint8Array;
  /** What was answered; null where that was not kept, absent in formats that do not write it. */
  readonly reply?: ReplyRecord | null;
  /** Secrets were masked: the bytes are not the captured ones any more, `sha256` and `size` still are. */
  readonly redacted?: boolean;
}

/** The bytes as text, or null when they are not UTF-8. A byte order mark stays. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** `http://` and the Host field, or the loopback address where that field is missing or no host at all. */
export function originOf(request: ExportRequest): string {
  const host = headerValue(request.headers, 'host') ?? '';
  return /^[A-Za-z0-9._~-]+(:\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](:\d{1,5})?$/.test(host)
    ? `http://${host}`
    : 'http://127.0.0.1';
}

/** Fields that belong to one connection; a client writes its own. Expect would only make it wait. */
export const framingFields: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);

/** Whether a client can send a field of this name (RFC 9110, section 5.1). */
export function isFieldName(name: string): boolean {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name);
}

/** The full URL of a request whose target is a path, else the origin alone: `*` and the like name no resource. */
export function urlTextOf(request: ExportRequest): string {
  const origin = originOf(request);
  return request.target.startsWith('/') ? origin + request.target : origin;
}

/** A name for lists: the event where it is known, else method and path. */
export function titleOf(request: ExportRequest): string {
  return request.event ?? `${request.method} ${request.target.split('?', 1)[0] ?? ''}`;
}
