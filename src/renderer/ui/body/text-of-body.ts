// What the view "Text" shows of a body: laid out, as sent, or in bounded lines when it is too much for an editor.

import { formatJson } from '../../lib/format-json.ts';
import { colouredIf, hasLongLine } from '../../lib/body-view.ts';
import type { BodyInsight, Syntax } from '../../lib/body-view.ts';
import { placeOf } from '../../lib/text-place.ts';

/** How the text is shown. */
export interface ShownText {
  /** Null: in bounded lines, straight from the source. */
  readonly text: string | null;
  readonly syntax: Syntax;
  /** Laying out is possible. */
  readonly canLayOut: boolean;
  /** A sentence on what is wrong with the text, or null. */
  readonly note: string | null;
  /** The text is certainly not the JSON that it was taken for. */
  readonly broken: boolean;
}

/** Laying out reads every token: longer texts are shown as sent. */
const maxLaidOut = 200_000;
/** Longest text in an editor, bytes. */
const maxEdited = 1_048_576;

/** What is shown of a body of `size` bytes whose head `insight` describes. */
export function textOfBody({ text, kind }: BodyInsight, size: number, asSent: boolean): ShownText {
  const plain: ShownText = { text: null, syntax: 'plain', canLayOut: false, note: null, broken: false };
  if (text === null || size > maxEdited) return plain;
  if (kind === 'json' && text.length <= maxLaidOut) {
    const formatted = formatJson(text.replace(/^\ufeff/, ''));
    if (formatted.ok && !asSent) {
      return { ...plain, text: formatted.text, syntax: colouredIf(formatted.text, 'json'), canLayOut: true };
    }
    if (formatted.ok) return { ...asItIs(text, 'json'), canLayOut: true };
    const broken = formatted.reason === 'not-json';
    const note = broken
      ? `Not valid JSON at ${placeOf(text, formatted.at)}; shown as sent.`
      : 'Nested too deeply to lay out; shown as sent.';
    return { ...asItIs(text, 'plain'), note, broken };
  }
  return asItIs(text, kind === 'json' || kind === 'xml' || kind === 'html' ? kind : 'plain');
}

function asItIs(text: string, syntax: Syntax): ShownText {
  const shown = hasLongLine(text) ? null : text;
  return {
    text: shown,
    syntax: shown === null ? 'plain' : colouredIf(text, syntax),
    canLayOut: false,
    note: null,
    broken: false,
  };
}
