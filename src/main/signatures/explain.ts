// Shows how a check is made: the signed bytes, what was received, and what each configured secret would give.

import type { SignatureView } from '../../shared/exchange.ts';
import type { SchemeDefinition } from '../../shared/providers/define.ts';
import { findProvider } from '../../shared/providers/index.ts';
import type { VerifyInput } from './input.ts';
import { parseKey } from './keys.ts';
import type { Key } from './keys.ts';
import { signatureText } from './mac.ts';
import { applicableSchemes, readRequest } from './reading.ts';
import { describeRecipe, joinPieces, signedPieces } from './recipe.ts';
import { formatSignatures, parseSignatures } from './signature-header.ts';

const shownSecrets = 5;
const shownBytes = 65_536;

/**
 * What the Signature tab shows; null where no scheme applies. Parts that the request lacks count as empty. `received`
 * and `expected` are whole header values, so that they can be laid side by side.
 */
export function explain(input: VerifyInput): SignatureView | null {
  const provider = input.provider === null ? undefined : findProvider(input.provider, input.generic);
  if (!provider) return null;
  if (input.scheme !== undefined && !provider.schemes.some((scheme) => scheme.id === input.scheme)) return null;
  const chosen = chooseScheme(applicableSchemes(provider, input.scheme, input.headers), input);
  if (!chosen) return null;

  const { scheme, keys } = chosen;
  const reading = readRequest(scheme, input.headers);
  const parsed = parseSignatures(scheme, reading.signatures);
  const timestamp = (parsed.ok ? parsed.claims[0]?.timestamp : undefined) ?? reading.timestamp ?? '';
  const pieces = signedPieces(scheme, { id: reading.id ?? '', timestamp, body: input.body });
  const expected: { secretName: string; value: string }[] = [];
  if (scheme.algorithm.kind === 'hmac') {
    for (const key of keys.slice(0, shownSecrets)) {
      const text = signatureText(scheme, key, pieces);
      if (text !== null) expected.push({ secretName: key.name, value: formatSignatures(scheme, timestamp, [text]) });
    }
  }
  return {
    algorithm: `${describeAlgorithm(scheme)}, ${scheme.encoding}`,
    header: reading.names.signature,
    received: reading.signatures.length > 0 ? reading.signatures.join(', ') : null,
    expected,
    signedBytes: firstBytes(pieces),
    signedSize: pieces.reduce((size, piece) => size + piece.length, 0),
    recipe: describeRecipe(scheme.recipe),
  };
}

/** The first scheme that a configured secret fits and whose signature was sent, then the first that fits, then any. */
function chooseScheme(
  schemes: readonly SchemeDefinition[],
  input: VerifyInput,
): { scheme: SchemeDefinition; keys: Key[] } | undefined {
  const fitting = schemes
    .map((scheme) => ({
      scheme,
      keys: input.secrets.map((secret) => parseKey(secret, scheme)).filter((key) => key.kind !== 'problem'),
      sent: parseSignatures(scheme, readRequest(scheme, input.headers).signatures).ok,
    }))
    .toSorted((a, b) => score(b) - score(a));
  return fitting[0];
}

function score(candidate: { keys: readonly Key[]; sent: boolean }): number {
  return (candidate.keys.length > 0 ? 2 : 0) + (candidate.sent ? 1 : 0);
}

function describeAlgorithm(scheme: SchemeDefinition): string {
  return scheme.algorithm.kind === 'hmac' ? `HMAC-${scheme.algorithm.hash.toUpperCase()}` : 'Ed25519';
}

/** A copy, so that the view does not keep a large body alive. */
function firstBytes(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  const short = pieces.map((piece) => (typeof piece === 'string' ? piece : piece.subarray(0, shownBytes)));
  return Uint8Array.from(joinPieces(short).subarray(0, shownBytes));
}
