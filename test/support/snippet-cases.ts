// From signed vectors to runs of handler snippets: what stands in the environment, and what an endpoint answers.

import { findProvider } from '../../src/shared/providers/index.ts';
import { handlerSnippet } from '../../src/shared/snippets/snippets.ts';
import { planFor } from '../../src/shared/snippets/snippet.ts';
import type { SnippetLanguage } from '../../src/shared/snippets/snippet.ts';
import type { Vector } from './vectors.ts';

/** One run of a snippet. */
export interface SnippetCase {
  readonly id: string;
  readonly language: SnippetLanguage;
  readonly source: string;
  readonly env: Readonly<Record<string, string>>;
  /** Documents that the snippet may fetch, by address. */
  readonly documents: Readonly<Record<string, string>>;
  readonly method: string;
  readonly url: string;
  readonly headers: Vector['headers'];
  readonly bodyBase64: string;
  /** Milliseconds. */
  readonly now: number;
}

/** The run of this vector, or null where the language has only a reason. */
export function snippetCase(vector: Vector, language: SnippetLanguage): SnippetCase | null {
  const provider = findProvider(vector.provider);
  const scheme = provider?.schemes.find(({ id }) => id === vector.scheme) ?? provider?.schemes[0];
  if (provider === undefined || scheme === undefined) throw new Error(`No provider for ${vector.id}`);
  const { origin, pathname } = new URL(vector.url);
  const snippet = handlerSnippet(provider, language, { scheme: scheme.id, path: pathname });
  if (snippet.kind === 'reason') return null;
  const plan = planFor(provider, scheme);
  const documents: Record<string, string> = {};
  const texts: string[] = [];
  let second = '';
  for (const secret of vector.secrets) {
    const url = secret.url;
    if (secret.type === 'x509-pem') documents[url ?? ''] = secret.value;
    else if (secret.type === 'jwk') {
      documents['https://production.plaid.com/webhook_verification_key/get'] = JSON.stringify({
        key: JSON.parse(secret.value),
      });
    } else if (/verify|webhook-id/i.test(secret.name)) second = secret.value;
    else texts.push(secret.value);
  }
  if (second !== '' && texts.length === 0 && Object.keys(documents).length === 0) texts.push(second);
  const [first = '', old = ''] = texts;
  return {
    id: vector.id,
    language,
    source: snippet.text,
    env: {
      [plan.env]: first || 'unused',
      ...(old === '' ? {} : { [`${plan.env}_OLD`]: old }),
      [plan.secondEnv]: second || first || 'unused',
      PUBLIC_ORIGIN: vector.url.startsWith(origin) ? origin : vector.url.slice(0, vector.url.indexOf('/', 8)),
      RFC9421_KEY_ID: vector.secrets[0]?.name ?? '',
    },
    documents,
    method: vector.method,
    url: vector.url,
    headers: vector.headers,
    bodyBase64: vector.bodyBase64,
    now: Date.parse(vector.now) || Number(vector.now),
  };
}

/** What the vector demands of a status. */
export function isRight(vector: Vector, status: number): boolean {
  if (vector.kind === 'challenge') return status === vector.expectedResponse?.status;
  // Stricter than the RFC: the handler demands that the body is covered, and takes one algorithm.
  if (vector.provider === 'rfc9421') return status >= 400;
  // The age is the receiver's own setting there, which the handler does not have.
  if (vector.policy !== undefined && vector.expected === 'expired') return true;
  const accepted = status >= 200 && status < 300;
  const verdicts = [vector.expected, ...(vector.acceptable ?? [])];
  return accepted ? verdicts.includes('valid') : status === 401 && verdicts.some((verdict) => verdict !== 'valid');
}
