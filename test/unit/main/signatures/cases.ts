// One case per provider and scheme, drawn from the registry, so that a new provider is covered without a new test.

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import type { ProviderDefinition, RecipeScheme, SchemeDefinition } from '../../../../src/shared/providers/define.ts';
import { providers } from '../../../../src/shared/providers/index.ts';
import { holds, lookAt } from '../../../../src/shared/providers/read-value.ts';
import { newKeyPair, publicFormOf } from '../../../../src/main/signatures/key-pair.ts';
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
  /** The secret that signs what `other` checks. */
  readonly otherSigning: SecretValue;
  /** Texts beside the key, given with every secret. */
  readonly beside: readonly SecretValue[];
  /** The first sample of the provider that the scheme can carry, filled in. */
  readonly body: Uint8Array;
  readonly contentType: string;
}

export const now = Date.parse('2026-03-14T09:26:54.321Z');
const url = 'https://hooks.example.test/in?team=7';

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

/** The scheme as a recipe, or null. */
export function recipeOf(scheme: SchemeDefinition): RecipeScheme | null {
  return scheme.kind === undefined || scheme.kind === 'recipe' ? scheme : null;
}

/** The time rule of any kind of scheme; undefined where no time is signed. */
export function timeRuleOf(
  scheme: SchemeDefinition,
): { readonly toleranceSeconds: number | null; readonly direction: 'both' | 'age' } | undefined {
  if (scheme.kind === 'jwt') {
    return scheme.toleranceSeconds === undefined
      ? undefined
      : { toleranceSeconds: scheme.toleranceSeconds, direction: 'age' };
  }
  if (scheme.kind === 'message-signature') return { toleranceSeconds: null, direction: 'both' };
  return recipeOf(scheme)?.timestamp;
}

/** Whether a change of any byte of the body must be noticed. */
export function coversBody(scheme: SchemeDefinition): boolean {
  if (scheme.kind === 'jwt' || scheme.kind === 'message-signature') return true;
  const recipe = recipeOf(scheme);
  return (
    recipe?.bodyHashQuery !== undefined ||
    (recipe?.recipe.some(({ kind }) => ['body', 'body-hash', 'body-crc32'].includes(kind)) ?? false)
  );
}

/** Whether the scheme looks into the body, so that only a body of its form can be signed. */
export function needsForm(scheme: SchemeDefinition): boolean {
  if (scheme.conditions?.some(({ from, absent }) => from === 'json' && absent === undefined) === true) return true;
  if (scheme.kind === 'token') return scheme.places[0]?.in === 'json';
  const recipe = recipeOf(scheme);
  return (
    recipe?.signaturePath !== undefined ||
    recipe?.timestamp?.path !== undefined ||
    (recipe?.recipe.some(({ kind }) => ['json', 'json-lines', 'form'].includes(kind)) ?? false)
  );
}

const pairs = new Map<string, string>();

/** A key pair in the form of the provider; made once for each kind, because RSA takes long. */
async function pairFor(provider: ProviderDefinition, n: number): Promise<string> {
  const key = `${JSON.stringify(provider.secretForm)} ${n}`;
  const known = pairs.get(key);
  if (known !== undefined) return known;
  const made = await newKeyPair(provider, now);
  if (made === null) throw new Error(`${provider.id} has no key pair`);
  pairs.set(key, made);
  return made;
}

async function secretsFor(
  provider: ProviderDefinition,
  scheme: SchemeDefinition,
): Promise<Pick<SchemeCase, 'signing' | 'checking' | 'other' | 'otherSigning' | 'beside'>> {
  if (scheme.secretType === 'whpk-ed25519') {
    const pair = newPair();
    const another = newPair();
    return {
      signing: { name: 'private', value: pair.signing },
      checking: { name: 'public', value: pair.checking },
      other: { name: 'other', value: another.checking },
      otherSigning: { name: 'other', value: another.signing },
      beside: [],
    };
  }
  if (provider.secretForm.kind === 'key-pair') {
    const signing = await pairFor(provider, 1);
    const shown = (secret: string): string => publicFormOf(secret, scheme.secretType)?.text ?? '';
    const companion = recipeOf(scheme)?.companion;
    return {
      signing: { name: 'test key', value: signing },
      checking: { name: 'test key', value: shown(signing) },
      other: { name: 'other', value: shown(await pairFor(provider, 2)) },
      otherSigning: { name: 'other', value: await pairFor(provider, 2) },
      beside: companion === undefined ? [] : [{ name: companion, value: 'HOOKBENCH-TEST', type: 'utf8' }],
    };
  }
  const text = (seed: string): string => {
    if (scheme.secretType === 'whsec') return `whsec_${Buffer.from(seed.padEnd(32, '-')).toString('base64')}`;
    if (scheme.secretType === 'hex') return Buffer.from(seed.padEnd(32, '-')).toString('hex');
    return scheme.kind === 'token' ? `test-${seed}` : `test ${seed} ключ`;
  };
  return {
    signing: { name: 'test key', value: text('one') },
    checking: { name: 'test key', value: text('one') },
    other: { name: 'other', value: text('two') },
    otherSigning: { name: 'other', value: text('two') },
    beside: [],
  };
}

function filled(text: string): string {
  return text
    .replaceAll('{{uuid}}', 'u-1')
    .replaceAll('{{now}}', new Date(now).toISOString())
    .replaceAll('{{unixMs}}', String(now))
    .replaceAll('{{unix}}', String(Math.floor(now / 1_000)));
}

function sampleFor(provider: ProviderDefinition, scheme: SchemeDefinition): Pick<SchemeCase, 'body' | 'contentType'> {
  const wantsForm = recipeOf(scheme)?.recipe.some(({ kind }) => kind === 'form') ?? false;
  const wanted = (sample: ProviderDefinition['samples'][number]): boolean => {
    if (sample.contentType.includes('form-urlencoded') !== wantsForm) return false;
    const look = lookAt([['Content-Type', sample.contentType]], '', () => filled(sample.body));
    return (scheme.conditions ?? []).every(
      (condition) =>
        condition.from !== 'json' || holds(condition.absent ? condition : { from: 'json', path: condition.path }, look),
    );
  };
  const sample = provider.samples.find(wanted) ?? provider.samples[0];
  if (!sample) throw new Error(`${provider.id} has no sample`);
  let body = filled(sample.body);
  for (const condition of scheme.conditions ?? []) {
    if (condition.from !== 'json' || condition.value === undefined) continue;
    body = body.replace(
      new RegExp(`("${condition.path}"\\s*:\\s*)"[^"]*"`),
      (_all, before: string) => `${before}${JSON.stringify(condition.value)}`,
    );
  }
  return { body: Buffer.from(body), contentType: sample.contentType };
}

export const schemeCases: readonly SchemeCase[] = await Promise.all(
  providers.flatMap((provider) =>
    provider.schemes.map(async (scheme) => ({
      title: `${provider.id} ${scheme.id}`,
      provider,
      scheme,
      ...(await secretsFor(provider, scheme)),
      ...sampleFor(provider, scheme),
    })),
  ),
);

export function signCase(item: SchemeCase, changes: Partial<SignInput> = {}): SignedRequest {
  return sign({
    provider: item.provider.id,
    scheme: item.scheme.id,
    method: 'POST',
    url,
    headers: [['Content-Type', item.contentType]],
    body: item.body,
    secrets: [item.signing, ...item.beside],
    messageId: 'msg_test_1',
    event: 'order.created',
    now,
    mode: 'fresh',
    ...changes,
  });
}

export function verifyCase(
  item: SchemeCase,
  request: { readonly headers: readonly HeaderPair[]; readonly body: Uint8Array; readonly url?: string },
  changes: Partial<VerifyInput> = {},
): Verdict {
  return verify({
    provider: item.provider.id,
    scheme: item.scheme.id,
    method: 'POST',
    url: request.url ?? url,
    headers: request.headers,
    body: request.body,
    now,
    ...changes,
    secrets: [...(changes.secrets ?? [item.checking]), ...item.beside],
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
