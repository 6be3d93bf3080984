// Shows how a recipe's check is made: the signed bytes, what was received, and what each configured secret would give.

import type { SignatureView } from '../../shared/exchange.ts';
import type { RecipeScheme } from '../../shared/providers/define.ts';
import type { SchemeContext } from './engine.ts';
import { itemsOf } from './items.ts';
import type { Key } from './keys.ts';
import { findMatch, signatureText } from './mac.ts';
import { readRequest } from './reading.ts';
import { describeRecipe, joinPieces, signedPieces } from './recipe.ts';
import type { Pieces, RecipeValues } from './recipe.ts';
import { variantsOf } from './recipe-check.ts';
import { formatSignatures, parseSignatures, placeOf } from './signature-header.ts';

const shownSecrets = 5;
const shownSignatures = 20;
const shownBytes = 65_536;
/** Stands for a secret among signed bytes. */
const dots = '••••••••';

/** The view of one request; of a list of items the first is shown. Parts that the request lacks count as empty. */
export function viewRecipe(context: SchemeContext<RecipeScheme>): SignatureView {
  const { scheme, keys, message } = context;
  const item = scheme.items === undefined ? undefined : itemsOf(scheme.items, message)?.[0];
  const reading = readRequest(scheme, message, item);
  const parsed = parseSignatures(scheme, reading.signatures);
  const claim = parsed.ok ? parsed.claims[0] : undefined;
  const timestamp = claim?.timestamp ?? reading.timestamp ?? '';
  const values: RecipeValues = { id: reading.id ?? '', timestamp, message, item };
  const piecesFor = (key: Key): Pieces | null => [...variantsOf(context, values)][0]?.(key) ?? null;

  const gives = (key: Key, text: string): boolean => {
    const pieces = piecesFor(key);
    return pieces !== null && findMatch(scheme, key, pieces, [text]) !== -1;
  };

  const expected: { secretName: string; value: string }[] = [];
  for (const key of keys.slice(0, shownSecrets)) {
    const pieces = piecesFor(key);
    const text = pieces === null || scheme.algorithm.kind === 'ecdsa' ? null : signatureText(scheme, key, pieces);
    if (text !== null) expected.push({ secretName: key.name, value: formatSignatures(scheme, timestamp, [text]) });
  }
  const shown = signedPieces(scheme, { ...values, companion: dots, secret: Buffer.from(dots) }) ?? [];
  return {
    algorithm: `${describeAlgorithm(scheme)}, ${scheme.encoding}`,
    place: placeOf(scheme, reading.names.signature),
    received: reading.signatures.length > 0 ? reading.signatures.join(', ') : null,
    expected,
    signatures: (claim?.signatures ?? []).slice(0, shownSignatures).map((text) => ({
      text,
      secretName: keys.find((key) => gives(key, text))?.name ?? null,
    })),
    signedBytes: firstBytes(shown),
    signedSize: shown.reduce((size, piece) => size + piece.length, 0),
    recipe: describeRecipe(scheme.recipe),
  };
}

function describeAlgorithm({ algorithm }: RecipeScheme): string {
  switch (algorithm.kind) {
    case 'hmac':
      return `HMAC-${algorithm.hash.toUpperCase()}`;
    case 'hash':
      return `${algorithm.hash.toUpperCase()} with the secret inside`;
    case 'ed25519':
      return 'Ed25519';
    case 'ecdsa':
      return 'ECDSA P-256 with SHA-256';
    case 'rsa':
      return `RSA with ${algorithm.hash.toUpperCase()}`;
  }
}

/** A copy, so that the view does not keep a large body alive. */
function firstBytes(pieces: Pieces): Uint8Array {
  const short = pieces.map((piece) => (typeof piece === 'string' ? piece : piece.subarray(0, shownBytes)));
  return Uint8Array.from(joinPieces(short).subarray(0, shownBytes));
}
