// Draws captured text with its hidden characters as marked escapes.

import { visibleSegments } from '../lib/visible-text.ts';
import type { VisibleOptions } from '../lib/visible-text.ts';

interface VisibleProps extends VisibleOptions {
  readonly text: string;
}

/** Text in which nothing can hide. */
export function Visible({ text, whitespace = false }: VisibleProps) {
  return visibleSegments(text, { whitespace }).map((segment, i) => {
    if (segment.kind === 'plain') return segment.text;
    const soft = /^[·→⏎\t\n]+$/.test(segment.text);
    return (
      // Segments have no identity of their own, and the list is never reordered.
      <span key={i} className={soft ? 'mark-soft' : 'mark'}>
        {segment.text}
      </span>
    );
  });
}
