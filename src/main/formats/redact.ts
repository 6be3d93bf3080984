// Takes secrets out of what leaves Hookbench: exports, copies, shared text. On by default everywhere. Equal secrets
// get equal masks, so that a reader can still see what is the same; the mask is keyed, so it cannot be guessed back.
// Signatures stay: they prove one body and open nothing.

import { createHmac } from 'node:crypto';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ReplyRecord } from '../../shared/replies.ts';
import type { ExportRequest, ExportRow } from './export-row.ts';
import { redactBody } from './redact-body.ts';
import { headerKind, keepSignatures } from './redact-names.ts';
import { createTextRedactor } from './redact-text.ts';

/** Masks secrets as `«redacted:` and six hex digits of a keyed hash. */
export interface Redactor {
  text(text: string): string;
  headers(headers: readonly HeaderPair[]): HeaderPair[];
  /** The body with its secrets masked; `headers` say how it is coded. */
  body(body: Uint8Array, headers: readonly HeaderPair[]): Uint8Array;
  /** Everything in a row that a sender could have put a secret into. */
  row(row: ExportRow): ExportRow;
}

/** What a redactor is given. */
export interface RedactorOptions {
  /** Key of the masks: random, and the same wherever masks are to be comparable. */
  readonly key: Uint8Array;
  /** Every value known to the secret store. */
  readonly secrets: readonly string[];
}

/** Creates a redactor for one export. */
export function createRedactor(options: RedactorOptions): Redactor {
  const mask = (secret: string) => {
    const digest = createHmac('sha256', options.key).update(secret).digest('hex');
    return `«redacted:${digest.slice(0, 6)}»`;
  };
  const text = createTextRedactor(mask, options.secrets);

  function headers(pairs: readonly HeaderPair[]): HeaderPair[] {
    return pairs.map(([name, value]) => [name, value === '' ? value : headerValue(name, value)]);
  }

  function headerValue(name: string, value: string): string {
    const clean = text(value);
    const kind = headerKind(name);
    if (kind === 'plain') return clean;
    if (kind === 'signature')
      return keepSignatures(clean, (piece) => (piece.includes('«redacted:') ? piece : mask(piece)));
    // The scheme word tells what kind of secret it was; the text after it is masked as a whole.
    const scheme = /^(Bearer|Basic|Digest|Token|Negotiate|ApiKey)\s+(?=\S)/i.exec(value)?.[0] ?? '';
    return scheme + mask(value.slice(scheme.length));
  }

  function redactRequest(request: ExportRequest): ExportRequest {
    const { verdict } = request;
    return {
      ...request,
      target: text(request.target),
      event: request.event === null ? null : text(request.event),
      deliveryId: request.deliveryId === null ? null : text(request.deliveryId),
      headers: headers(request.headers),
      trailers: headers(request.trailers),
      ...(request.note !== undefined && { note: text(request.note) }),
      verdict: {
        ...verdict,
        message: text(verdict.message),
        warnings: verdict.warnings.map(text),
        ...(verdict.url === undefined ? {} : { url: text(verdict.url) }),
        diagnosis: verdict.diagnosis.map((finding) => ({ ...finding, message: text(finding.message) })),
      },
    };
  }

  function redactReply(reply: ReplyRecord): ReplyRecord {
    const clean = headers(reply.headers);
    return { ...reply, headers: clean, body: body(reply.body, reply.headers), why: text(reply.why) };
  }

  const body = (bytes: Uint8Array, pairs: readonly HeaderPair[]) => redactBody(bytes, pairs, { mask, text });
  return {
    text,
    headers,
    body,
    row: ({ request, body: bytes, reply }) => ({
      request: redactRequest(request),
      body: body(bytes, request.headers),
      ...(reply !== undefined && { reply: reply && redactReply(reply) }),
      redacted: true,
    }),
  };
}
