// One line to copy: an address or a command, with the button beside it.

import { CopyButton } from './copy-button.tsx';

/** The text in the fixed-width font, and the button that copies it. */
export function CopyLine({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="copy-line">
      <code>{text}</code>
      <CopyButton text={text} label={label} />
    </div>
  );
}
