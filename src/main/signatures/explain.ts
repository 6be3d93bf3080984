// Shows how a check is made, for the scheme that most likely applies.

import type { SignatureView } from '../../shared/exchange.ts';
import type { SchemeDefinition } from '../../shared/providers/define.ts';
import { findProvider } from '../../shared/providers/index.ts';
import { engineOf } from './engines.ts';
import type { VerifyInput } from './input.ts';
import { keysFor } from './keys-for.ts';
import { createMessage } from './message.ts';
import { applicableSchemes } from './reading.ts';

/**
 * What the Signature tab shows; null where no scheme applies. Parts that the request lacks count as empty. Holds no
 * secret. `received` and `expected` are whole values, so that they can be laid side by side.
 */
export function explain(input: VerifyInput): SignatureView | null {
  const provider = input.definition ?? (input.provider === null ? undefined : findProvider(input.provider, input.generic)); // prettier-ignore
  if (!provider) return null;
  if (input.scheme !== undefined && !provider.schemes.some((scheme) => scheme.id === input.scheme)) return null;
  const message = createMessage(input);
  const views = applicableSchemes(provider, input.scheme, message).map((scheme: SchemeDefinition) => {
    const { keys, companions } = keysFor(scheme, input.secrets);
    const view = engineOf(scheme).view({ provider, scheme, message, keys, companions, now: input.now });
    return { view, score: (keys.length > 0 ? 2 : 0) + (view.signatures.length > 0 ? 1 : 0) };
  });
  // The first scheme that a configured secret fits and whose signature was sent, then the first that fits, then any.
  return views.toSorted((a, b) => b.score - a.score)[0]?.view ?? null;
}
