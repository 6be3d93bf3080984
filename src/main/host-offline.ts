// What the command line can do without owning a data folder: judge one request and say why it failed, sign one, answer a
// handshake, make a key pair, turn typed secrets into the one text that the secret store keeps, check a handler, ask a
// provider's API, and read what a person configured.

import { AppError } from '../shared/errors.ts';
import type { Finding, Verdict } from '../shared/exchange.ts';
import type { Draft } from '../shared/delivery.ts';
import type { ProviderDefinition, SchemeDefinition } from '../shared/providers/define.ts';
import { emptyWorkspace, workspaceSchema } from '../shared/workspace.ts';
import type { Target, Workspace } from '../shared/workspace.ts';
import { compress, decompress } from './host-diagnosis.ts';
import type { Clock, Logger } from './ports.ts';
import { fanOut } from './sender/fan-out.ts';
import { diagnose } from './signatures/diagnosis/diagnose.ts';
import { companionsOf, parseKey, requireSigningKey, schemesFor } from './signatures/keys.ts';
import type { Key, KeyProblem } from './signatures/keys.ts';
import type { SecretValue, VerifyInput } from './signatures/verify.ts';
import { openDocument } from './store/documents.ts';
import { checkNear } from './volume/near.ts';

export { verify, type SecretValue } from './signatures/verify.ts';
export { sign } from './signatures/sign.ts';
export { answerHandshake } from './signatures/handshake.ts';
export { newKeyPair, publicFormOf } from './signatures/key-pair.ts';
export { caseNames, runHandlerCheck } from './handler-check/handler-check.ts';
export { toJUnit } from './handler-check/junit.ts';
export type { IdempotencyView } from './handler-check/options.ts';
export type { CheckReport } from './handler-check/result.ts';
export { createPoller } from './reconcile/poller.ts';
export type { PullCursor, PullLine, PullSummary } from './reconcile/pull-contract.ts';
export { PullError } from './reconcile/pull-error.ts';
export { pull } from './reconcile/pull.ts';
export type { PullSource } from './reconcile/source.ts';
export { forwardFault } from './sender/forward-address.ts';
export { createSource } from './reconcile/sources.ts';
export { attemptLine, deliveryLine, jsonText, refusedLine, replyRecordLine, requestLine } from './formats/jsonl.ts';

/** The stored configuration; the defaults where there is none. Throws AppError STORE_UNREADABLE. */
export async function readWorkspace(options: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}): Promise<Workspace> {
  const { dataDir: dir, clock, logger } = options;
  const shared = { dir, clock, logger, readOnly: true } as const;
  const document = await openDocument({
    ...shared,
    name: 'workspace.json',
    version: 1,
    schema: workspaceSchema,
    defaults: emptyWorkspace,
  });
  return document.data;
}

/** Throws AppError CONFIG_INVALID when a draft leads outside this machine and its private network. */
export async function checkNearby(draft: Draft, targets: readonly Target[]): Promise<void> {
  // An address that cannot be read is not sent to.
  await checkNear(fanOut(draft, targets).flatMap(({ url }) => (URL.canParse(url) ? [url] : [])));
}

/** The causes of a failed check; empty for `valid` and `unverified`. `verdict` is what `verify` said of this input. */
export function findCauses(input: VerifyInput, verdict: Verdict): readonly Finding[] {
  return diagnose({ ...input, verdict, others: [], decompress, compress }).findings;
}

/** Name of the text that signing needs besides the key and that no secret gives; null when nothing is missing. */
export function missingCompanion(provider: ProviderDefinition, secrets: readonly SecretValue[]): string | null {
  const scheme = provider.schemes.find((candidate) => companionName(candidate) !== undefined);
  const name = scheme && companionName(scheme);
  return name === undefined || companionsOf(name, secrets, scheme as SchemeDefinition).length > 0 ? null : name;
}

function companionName(scheme: SchemeDefinition): string | undefined {
  return 'companion' in scheme ? scheme.companion : undefined;
}

/** A secret as the text that is kept. */
export interface StorableSecret {
  readonly text: string;
  /** What is lost besides, a sentence. */
  readonly note?: string;
}

/**
 * The secrets of one signature as the text that the secret store keeps: it knows neither type nor algorithm. A key and
 * its provider's second text (PayPal's webhook id) become one text. `schemeId` is the scheme that will sign, if known.
 * Throws AppError SECRET_MALFORMED (no key that could sign) and CONFIG_INVALID (the text alone would sign otherwise).
 */
export function storableSecret(
  secrets: readonly SecretValue[],
  provider: ProviderDefinition,
  schemeId?: string,
): StorableSecret {
  const { secret, text } = joinCompanion(secrets, provider);
  const { type, name } = secret;
  const fitting =
    schemeId === undefined
      ? schemesFor(secret, provider.schemes)
      : provider.schemes.filter((candidate) => candidate.id === schemeId);
  const scheme = fitting.find(({ secretType }) => secretType === type) ?? fitting[0];
  if (scheme === undefined) throw new AppError('CONFIG_INVALID', `${provider.name} has no scheme to sign with.`);
  const key = requireSigningKey(secret, scheme);
  if (type === undefined) return { text };

  const plain: SecretValue = { name, value: text };
  const lost = `Only the text of a secret is kept, and without its type ${type} the secret “${name}”`;
  if (!isSameKey(key, parseKey(plain, scheme))) {
    const cure = `Give the key in the form ${scheme.secretType}.`;
    throw new AppError('CONFIG_INVALID', `${lost} is another key for ${provider.name}. ${cure}`);
  }
  if (schemeId === undefined && schemesFor(plain, provider.schemes)[0]?.secretType !== scheme.secretType) {
    throw new AppError('CONFIG_INVALID', `${lost} would sign by another scheme. Add --scheme ${scheme.id}.`);
  }
  if (scheme.kind !== 'message-signature') return { text };
  if (losesAlgorithm(key)) {
    const cure = 'Use rsa-pss-sha512 or another kind of key.';
    throw new AppError('CONFIG_INVALID', `Only the text of a secret is kept, and without its algorithm rsa-v1_5-sha256 the key “${name}” would sign by another one. ${cure}`); // prettier-ignore
  }
  return { text, note: `The key id in the signature will not be “${name}”: only the text of a secret is kept.` };
}

function isSameKey(a: Key, b: Key | KeyProblem): boolean {
  if (a.kind === 'shared') return b.kind === 'shared' && Buffer.compare(a.bytes, b.bytes) === 0;
  return b.kind === 'pair' && a.publicKey.equals(b.publicKey) && (a.privateKey === null) === (b.privateKey === null);
}

/** An RSA key signs in two ways, of which the other one is taken where none is named. */
function losesAlgorithm(key: Key): boolean {
  return key.kind === 'pair' && key.alg === 'rsa-v1_5-sha256' && key.publicKey.asymmetricKeyType === 'rsa';
}

function joinCompanion(
  secrets: readonly SecretValue[],
  provider: ProviderDefinition,
): { readonly secret: SecretValue; readonly text: string } {
  const [first, second, ...more] = secrets;
  if (first === undefined) throw new AppError('CONFIG_INVALID', 'A secret is needed.');
  if (second === undefined) {
    const missing = missingCompanion(provider, secrets);
    if (missing === null) return { secret: first, text: first.value };
    throw new AppError('CONFIG_INVALID', `${provider.name} signs its ${missing} as well. Give it as a second secret.`);
  }
  const name = provider.schemes.map(companionName).find((known) => known !== undefined);
  if (name === undefined) {
    throw new AppError('CONFIG_INVALID', 'This command signs with one secret. Leave the others out.');
  }
  const isPem = ({ value }: SecretValue): boolean => value.includes('-----BEGIN');
  const key = [first, second].find(isPem);
  const text = [first, second].find((secret) => !isPem(secret))?.value.trim() ?? '';
  if (key === undefined || more.length > 0 || !/^\S+$/.test(text)) {
    const wanted = `a private key in PEM and the ${name}`;
    throw new AppError('CONFIG_INVALID', `${provider.name} signs with two secrets. Give ${wanted}, and no other.`);
  }
  return { secret: key, text: `${name}: ${text}\n${key.value}` };
}
