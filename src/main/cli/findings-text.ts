// How the causes of a failed check are printed, for every command that shows them.

import type { Finding } from '../../shared/exchange.ts';
import { escapeControls } from '../system.ts';
import { paint } from './output.ts';
import type { Output } from './output.ts';

/** Each finding as `cause: code  message` and what to change below it, every line indented by `indent` blanks. */
export function findingsText(output: Output, findings: readonly Finding[], indent: number): string {
  const margin = ' '.repeat(indent);
  return findings
    .map(({ code, message, mend }) => {
      const cause = `${margin}${paint(output, 'yellow', 'cause:')} ${code}  ${escapeControls(message)}`;
      return mend === '' ? cause : `${cause}\n${margin}       ${escapeControls(mend)}`;
    })
    .join('\n');
}
