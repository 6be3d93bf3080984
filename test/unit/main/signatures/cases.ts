// One case per provider and scheme, drawn from the registry, so that a new provider is covered without a new test.

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import type { ProviderDefinition, SchemeDefinition } from '../../../../src/shared/providers/define.ts';
import { providers } from '../../../../src/shared/providers/index.ts';
import { sign } from '../../../../src/main/signatures/sign.ts';
import type { SignInput, SignedRequest } from '../../../../src/main/signatures/sign.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import type { SecretValue, VerifyInput } from '../../../../src/main/signatures/verify.ts';
import type { Verdict } from '../../../../src/shared/exchange.ts';

export interface SchemeCase {
  readonly title: string;
  readonly provider: ProviderDefinition;
  readonly scheme: SchemeDefinition;
  readonly signing: SecretValue;
  readonly checking: SecretValue;
  readonly other: SecretValue;
}

export const now = Date.parse('2026-03-14T09:26:54.321Z');

export function newPair(): { readonly signing: string; readonly checking: string } {
  const { privateKey } = generateKeyPairSync('ed25519');
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' }))).export({
    format: 'der',
    type: 'spki',
  });
  return {
    signing: `whsk_${der.subarray(-32).toString('base64')}`,
    checking: `whpk_${spki.subarray(-32).toString('base64')}`,
  };
}

function secretsFor(scheme: SchemeDefinition): Pick<SchemeCase, 'signing' | 'checking' | 'other'> {
  if (scheme.algorithm.kind === 'ed25519') {
    const pair = newPair();
    return {
      signing: { name: 'private', value: pair.signing },
      checking: { name: 'public', value: pair.checking },
      other: { name: 'other', value: newPair().checking },
    };
  }
  const text = (seed: string): string =>
    scheme.secretType === 'whsec'
      ? `whsec_${Buffer.from(seed.padEnd(32, '-')).toString('base64')}`
      : `test ${seed} ключ`;
  return {
    signing: { name: 'test key', value: text('one') },
    checking: { name: 'test key', value: text('one') },
    other: { name: 'other', value: text('two') },
  };
}

export const schemeCases: readonly SchemeCase[] = providers.flatMap((provider) =>
  provider.schemes.map((scheme) => ({
    title: `${provider.id} ${scheme.id}`,
    provider,
    scheme,
    ...secretsFor(scheme),
  })),
);

export function signCase(item: SchemeCase, changes: Partial<SignInput> = {}): SignedRequest {
  return sign({
    provider: item.provider.id,
    scheme: item.scheme.id,
    method: 'POST',
    url: 'http://127.0.0.1:4100/in',
    headers: [],
    body: Buffer.from('{"id":"evt_1","type":"order.created","amount":1250}'),
    secrets: [item.signing],
    messageId: 'msg_test_1',
    event: 'order.created',
    now,
    mode: 'fresh',
    ...changes,
  });
}

export function verifyCase(
  item: SchemeCase,
  request: { readonly headers: readonly HeaderPair[]; readonly body: Uint8Array },
  changes: Partial<VerifyInput> = {},
): Verdict {
  return verify({
    provider: item.provider.id,
    scheme: item.scheme.id,
    method: 'POST',
    url: 'http://127.0.0.1:4100/in',
    headers: request.headers,
    body: request.body,
    secrets: [item.checking],
    now,
    ...changes,
  });
}

export function caseOf(schemeId: string, providerId?: string): SchemeCase {
  const found = schemeCases.find(
    ({ scheme, provider }) => scheme.id === schemeId && (providerId === undefined || provider.id === providerId),
  );
  if (!found) throw new Error(`no case for ${schemeId}`);
  return found;
}

export function headerOf(request: { readonly headers: readonly HeaderPair[] }, name: string): string {
  const wanted = name.toLowerCase();
  const values = request.headers.filter(([key]) => key.toLowerCase() === wanted);
  if (values.length !== 1) throw new Error(`header ${name} is there ${values.length} times`);
  return values[0]?.[1] ?? '';
}
