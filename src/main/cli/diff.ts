// `diff`: what two captured requests do not have in common, read without owning the data folder.

import type { Difference } from '../../shared/compare.ts';
import { customProvider } from '../../shared/custom-scheme.ts';
import { findProvider } from '../../shared/providers/index.ts';
import { compareRequests } from '../host-compare.ts';
import { readWorkspace } from '../host-offline.ts';
import { openReader } from '../host-reader.ts';
import { escapeControls } from '../system.ts';
import { flag } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { paint } from './output.ts';
import type { Output } from './output.ts';

/** Registers the command. */
export function addDiff({ command }: CliContext): void {
  command(
    'diff <id> <other>',
    'what two captured requests do not have in common; exit code 1 when something differs',
    (options) => {
      options.option('--ignore-volatile', 'leave out what always changes: dates, signatures, delivery and trace ids');
    },
    diff,
  );
}

async function diff(run: CommandRun): Promise<number> {
  const { output, clock, logger } = run;
  const { dataDir } = run.environment;
  const [a = '', b = ''] = run.positional;
  const reader = openReader({ dataDir, clock, logger });
  try {
    const { schemes } = await readWorkspace({ dataDir, clock, logger });
    const { differences, ignored, cut } = await compareRequests({
      history: reader.history,
      definition(id) {
        const own = schemes.find((scheme) => scheme.id === id);
        return own ? customProvider(own) : findProvider(id);
      },
      a,
      b,
      ignoreVolatile: flag(run, 'ignoreVolatile') === true,
    });
    for (const difference of differences) {
      output.line({ type: 'diff', ...difference }, () => differenceText(output, difference));
    }
    if (cut) output.note(`There are more differences than the ${differences.length} that are listed.`);
    if (differences.length > 0) {
      if (ignored > 0) output.note(`Left out: ${ignored} that always change.`);
      return 1;
    }
    if (!output.json) {
      output.line({}, () =>
        ignored === 0
          ? 'The same, byte for byte.'
          : `The same but for ${ignored} ignored ${ignored === 1 ? 'field' : 'fields'}.`,
      );
    }
    return 0;
  } finally {
    output.flush();
    await reader.close();
  }
}

/** A difference for a person: what it is, then both sides. */
function differenceText(output: Output, { part, kind, path, a, b }: Difference): string {
  const lines = [`${part.padEnd(8)}${kind.padEnd(9)}${escapeControls(path)}`.trimEnd()];
  if (a !== null) lines.push(paint(output, 'red', `  - ${escapeControls(a)}`));
  if (b !== null) lines.push(paint(output, 'green', `  + ${escapeControls(b)}`));
  return lines.join('\n');
}
