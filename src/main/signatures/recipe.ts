// From a recipe to the bytes that are signed. Checking, signing and showing all come through here, so that they
// cannot disagree. The body is never decoded: it stays the bytes that came over the wire.

import type { RecipePart, SchemeDefinition } from '../../shared/providers/define.ts';

/** What the parts of a recipe stand for in one message. */
interface RecipeValues {
  readonly id: string;
  /** As it stands in the header; never reformatted. */
  readonly timestamp: string;
  readonly body: Uint8Array;
}

/** The pieces that are signed, in order. Text holds one character per byte (Latin-1), as headers do. */
export function signedPieces(scheme: SchemeDefinition, values: RecipeValues): (string | Uint8Array)[] {
  const pieces: (string | Uint8Array)[] = [];
  let text = '';
  for (const part of scheme.recipe) {
    if (part.kind === 'body') {
      if (text !== '') pieces.push(text);
      text = '';
      pieces.push(values.body);
    } else {
      text += part.kind === 'literal' ? part.text : values[part.kind];
    }
  }
  if (text !== '') pieces.push(text);
  return pieces;
}

/** The pieces as one run of bytes. */
export function joinPieces(pieces: readonly (string | Uint8Array)[]): Uint8Array {
  return Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)));
}

/** The recipe in words, for example `timestamp + "." + body`. */
export function describeRecipe(recipe: readonly RecipePart[]): string {
  return recipe.map((part) => (part.kind === 'literal' ? JSON.stringify(part.text) : part.kind)).join(' + ');
}
