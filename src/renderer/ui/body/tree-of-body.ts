// The text from which the view "Tree" is built: as much of the body as is loaded, up to a bound.

import { decodeBodyText } from '../../lib/body-text.ts';
import type { BodyInsight } from '../../lib/body-view.ts';
import { sliceSize } from './body-source.ts';

/** Most bytes of which a tree is built. */
export const maxTreeSize = 8_388_608;

/** A text to build a tree of. */
export interface TreeText {
  readonly text: string;
  readonly syntax: 'json' | 'xml';
  /** The text is only the head of the body. */
  readonly partial: boolean;
}

/** The text, or null when the body has none. */
export function treeOfBody(
  { kind, text }: BodyInsight,
  bytes: Uint8Array,
  contentType: string | undefined,
  complete: boolean,
): TreeText | null {
  const syntax = kind === 'xml' ? 'xml' : 'json';
  const partial = !complete || bytes.length > maxTreeSize;
  if (bytes.length <= sliceSize) return text === null ? null : { text, syntax, partial };
  const longer = decodeBodyText(bytes.subarray(0, maxTreeSize), contentType, !partial);
  return longer === null ? null : { text: longer, syntax, partial };
}
