// Judges a signature: chooses the scheme and the keys, and leaves the rest to the scheme's engine. The result is data.

import type { Verdict, VerdictStatus } from '../../shared/exchange.ts';
import { findProvider } from '../../shared/providers/index.ts';
import { engineOf } from './engines.ts';
import type { VerifyInput } from './input.ts';
import { keysFor } from './keys-for.ts';
import { createMessage, parsedBytes } from './message.ts';
import { applicableSchemes, looksIntoBody } from './reading.ts';
import { verdict } from './verdicts.ts';

export { explain } from './explain.ts';
export type { SecretValue, VerifyInput } from './input.ts';

/**
 * The judgement on one request. Never throws for anything in `headers` or `body`. A secret that is not of the scheme's
 * form is left out; when none is left, the verdict is `unverified`, reason `secret-malformed`.
 */
export function verify(input: VerifyInput): Verdict {
  const known = input.definition !== undefined || input.provider !== null;
  if (!known) {
    return verdict('unverified', 'no-scheme', 'Not checked: no provider is configured, and the headers name none');
  }
  const provider = input.definition ?? findProvider(input.provider ?? '', input.generic);
  if (!provider) {
    return verdict('unsupported', 'unknown-provider', 'Unsupported: Hookbench does not know this provider');
  }
  if (input.scheme !== undefined && !provider.schemes.some((scheme) => scheme.id === input.scheme)) {
    return verdict(
      'unsupported',
      'unknown-scheme',
      `Unsupported: ${provider.name} has no signature scheme of this name`,
    );
  }
  if (input.secrets.length === 0) {
    return verdict('unverified', 'no-secret', `Not checked: no secret is configured for ${provider.name}`);
  }
  const message = createMessage(input);
  const schemes = applicableSchemes(provider, input.scheme, message);
  if (schemes.length === 0) {
    return verdict(
      'unsupported',
      'unknown-version',
      `Unsupported: the request uses a signature version of ${provider.name} that Hookbench does not know`,
    );
  }
  let best: Verdict | undefined;
  let problem = '';
  for (const scheme of schemes) {
    const { keys, companions, problem: found } = keysFor(scheme, input.secrets);
    if (problem === '') problem = found;
    if (keys.length === 0) continue;
    if (input.body.length > parsedBytes && looksIntoBody(scheme)) {
      best ??= verdict('malformed', 'body-too-large', `Malformed: ${tooLarge}`, { scheme: scheme.id });
      continue;
    }
    const next = engineOf(scheme).check({
      provider,
      scheme,
      message,
      keys,
      companions,
      now: input.now,
      toleranceSeconds: input.toleranceSeconds,
      urlSource: input.urlSource ?? 'received',
    });
    if (best === undefined || order.indexOf(next.status) < order.indexOf(best.status)) best = next;
  }
  return best ?? verdict('unverified', 'secret-malformed', `Not checked: ${problem}`);
}

const tooLarge = 'this signature stands in the body, and the body is over 1 MiB, too large to be looked into';

/** Where several schemes share a header, the verdict that says most is given. */
const order: readonly VerdictStatus[] = [
  'valid',
  'expired',
  'future',
  'invalid',
  'missing',
  'malformed',
  'unsupported',
];
