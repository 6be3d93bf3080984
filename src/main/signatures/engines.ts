// Which code handles which kind of scheme.

import type { RecipeScheme, SchemeDefinition } from '../../shared/providers/define.ts';
import type { SchemeEngine } from './engine.ts';
import { jwtEngine } from './jwt.ts';
import { messageSignatureEngine } from './message-signature.ts';
import { checkRecipe } from './recipe-check.ts';
import { signRecipe } from './recipe-sign.ts';
import { viewRecipe } from './recipe-view.ts';
import { tokenEngine } from './token-check.ts';

const recipeEngine: SchemeEngine<RecipeScheme> = {
  check: checkRecipe,
  sign: signRecipe,
  view: viewRecipe,
  headerNames: (scheme) => [
    ...scheme.signatureHeaders,
    ...(scheme.idHeaders ?? []),
    ...(scheme.timestamp?.headers ?? []),
  ],
};

/** The engine of a scheme's kind. */
export function engineOf(scheme: SchemeDefinition): SchemeEngine<SchemeDefinition> {
  // Each engine is only ever given schemes of its own kind: it is chosen by that kind.
  switch (scheme.kind) {
    case 'token':
      return tokenEngine;
    case 'jwt':
      return jwtEngine;
    case 'message-signature':
      return messageSignatureEngine;
    default:
      return recipeEngine;
  }
}
