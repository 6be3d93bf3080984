// Text with the words that are looked for marked in it.

import { findInText } from '../../lib/body-find.ts';
import { Visible } from '../visible.tsx';

/** `text` with hidden characters as escapes and `words` marked. */
export function Marked({ text, words }: { readonly text: string; readonly words: string }) {
  if (words === '') return <Visible text={text} />;
  const parts = [];
  let from = 0;
  for (const { start, end } of findInText(text, words).slice(0, 100)) {
    parts.push(
      <Visible key={from} text={text.slice(from, start)} />,
      <mark key={`m${start}`} className="found">
        <Visible text={text.slice(start, end)} />
      </mark>,
    );
    from = end;
  }
  return (
    <>
      {parts}
      <Visible text={text.slice(from)} />
    </>
  );
}
