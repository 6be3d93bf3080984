// What a handshake is answered with, once it is allowed to be answered. Every echoed value comes from a stranger, so
// it leaves as plain text or as JSON, never as something that a browser would take for a page.

import type { Verdict } from '../../shared/exchange.ts';
import type { HeaderPair } from '../../shared/headers.ts';
import type { ProviderDefinition } from '../../shared/providers/define.ts';
import type { HandshakeAnswer } from '../../shared/providers/handshake.ts';
import type { RequestLook } from '../../shared/providers/read-value.ts';
import { isTrustedAddress } from './certificate.ts';
import { readHandshakeValue } from './handshake-value.ts';
import type { SecretValue } from './input.ts';
import { keysFor } from './keys-for.ts';
import type { Key } from './keys.ts';
import { signatureText } from './mac.ts';

/** What an answer is made from. */
interface AnswerContext {
  readonly provider: ProviderDefinition;
  readonly look: RequestLook;
  readonly verdict: Verdict;
  readonly secrets: readonly SecretValue[];
}

/** The part of a reply that the answer's kind decides. */
interface Answer {
  readonly status: number;
  readonly headers: readonly HeaderPair[];
  readonly body: string;
  readonly needsConsent?: { readonly fetch: string };
}

const noSniff: HeaderPair = ['X-Content-Type-Options', 'nosniff'];
const plainText: HeaderPair = ['Content-Type', 'text/plain'];
const ownHeaders: ReadonlySet<string> = new Set(['content-type', 'x-content-type-options']);

/** The answer, or null when what it needs is not there: no value, no key, or an address that is not the provider's. */
export function makeAnswer(answer: HandshakeAnswer, context: AnswerContext): Answer | null {
  switch (answer.kind) {
    case 'fixed':
      return { status: answer.status, headers: answer.headers, body: answer.body };
    case 'echo': {
      const value = readHandshakeValue(answer.source, context.look);
      return value === null ? null : { status: 200, headers: echoHeaders(answer.headers), body: value };
    }
    case 'echo-header': {
      const value = readHandshakeValue({ from: 'header', name: answer.from }, context.look);
      if (value === null || !isFieldValue(value)) return null;
      return { status: 200, headers: [[answer.to, value], ...echoHeaders(answer.headers)], body: '' };
    }
    case 'hmac-json': {
      const value = readHandshakeValue(answer.source, context.look);
      const hash = value === null ? null : hmacOf(value, context);
      if (value === null || hash === null) return null;
      const body = JSON.stringify({ [answer.plain]: value, [answer.hashed]: hash });
      return { status: 200, headers: [['Content-Type', 'application/json'], noSniff], body };
    }
    case 'hmac-token': {
      const token = readHandshakeValue(answer.source, context.look);
      // Anything else could be the body of an event, which this answer would sign for a stranger.
      if (token === null || !/^[A-Za-z0-9+/=_.-]{1,200}$/.test(token)) return null;
      const key = firstKey(context);
      if (key === undefined) return null;
      const form = { algorithm: { kind: 'hmac', hash: 'sha256' }, encoding: 'base64' } as const;
      const mac = signatureText(form, key, [Buffer.from(token)]);
      const body = JSON.stringify({ [answer.name]: answer.prefix + mac });
      return { status: 200, headers: [['Content-Type', 'application/json'], noSniff], body };
    }
    case 'fetch': {
      const address = trustedAddress(readHandshakeValue(answer.source, context.look), context.provider);
      return address === null ? null : { status: 200, headers: [], body: '', needsConsent: { fetch: address } };
    }
  }
}

/** The provider's data may add headers, but never choose another type for what is echoed. */
function echoHeaders(headers: readonly HeaderPair[]): readonly HeaderPair[] {
  return [plainText, noSniff, ...headers.filter(([name]) => !ownHeaders.has(name.toLowerCase()))];
}

/** Whether HTTP can carry the value (RFC 9110, section 5.5). A request that was imported may hold line breaks. */
function isFieldValue(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]+$/.test(value);
}

/** HMAC-SHA256 in hex with the secret that the request was signed with, else the first; null without one. */
function hmacOf(value: string, context: AnswerContext): string | null {
  // For an unsigned request this would sign any text that a stranger sends, and so let him forge events.
  if (context.verdict.status !== 'valid') return null;
  const key = firstKey(context);
  if (key === undefined) return null;
  return signatureText({ algorithm: { kind: 'hmac', hash: 'sha256' }, encoding: 'hex' }, key, [Buffer.from(value)]);
}

/** The key that the request was signed with, else the first. */
function firstKey({ provider, verdict, secrets }: AnswerContext): Extract<Key, { kind: 'shared' }> | undefined {
  const scheme = provider.schemes.find(({ id }) => id === verdict.scheme) ?? provider.schemes[0];
  if (scheme === undefined) return undefined;
  const keys = keysFor(scheme, secrets).keys.filter(isShared);
  return keys.find(({ name }) => name === verdict.secretName) ?? keys[0];
}

function isShared(key: Key): key is Extract<Key, { kind: 'shared' }> {
  return key.kind === 'shared';
}

/** The address in its canonical spelling, when it is https at the host whose certificates are believed. */
function trustedAddress(address: string | null, { schemes }: ProviderDefinition): string | null {
  if (address === null) return null;
  for (const scheme of schemes) {
    if (scheme.kind !== undefined && scheme.kind !== 'recipe') continue;
    if (scheme.certificate === undefined) continue;
    // Its `pathEnd` is about certificates, not about this address.
    const { source, host } = scheme.certificate;
    if (isTrustedAddress({ source, host }, address)) return new URL(address).href;
  }
  return null;
}
