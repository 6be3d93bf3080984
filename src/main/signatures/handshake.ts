// Handshakes: what a provider asks before it sends events, and the answer it expects. A signed handshake is answered
// only when its signature holds, or when no secret is configured yet to judge it.

import { headerValue } from '../../shared/headers.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { Verdict } from '../../shared/exchange.ts';

/** The answer to a handshake. */
export interface HandshakeReply {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: string;
}

/** The request, as far as a handshake needs it. */
interface HandshakeInput {
  readonly provider: string | null;
  readonly method: string;
  readonly headers: readonly HeaderPair[];
  readonly body: Uint8Array;
}

/** Largest body that can be a handshake, bytes: they are tiny, and the look must stay cheap. */
const sizeLimit = 4_096;

/**
 * The reply to a handshake, or null when the request is none or must not be answered.
 * Slack: https://docs.slack.dev/reference/events/url_verification (the value of `challenge` as plain text).
 */
export function answerHandshake(input: HandshakeInput, verdict: Verdict): HandshakeReply | null {
  if (input.provider !== 'slack' || input.method !== 'POST' || input.body.length > sizeLimit) return null;
  if (verdict.status !== 'valid' && verdict.status !== 'unverified') return null;
  if (!headerValue(input.headers, 'content-type')?.toLowerCase().includes('json')) return null;
  const challenge = slackChallenge(input.body);
  return challenge === null ? null : { status: 200, headers: [['Content-Type', 'text/plain']], body: challenge };
}

function slackChallenge(body: Uint8Array): string | null {
  const text = new TextDecoder().decode(body);
  if (!text.includes('url_verification')) return null;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return null;
    const { type, challenge } = parsed as Readonly<Record<string, unknown>>;
    return type === 'url_verification' && typeof challenge === 'string' ? challenge : null;
  } catch {
    return null;
  }
}
