// `import`: requests of a file, or of cURL commands given as they are, into the history. Nothing is sent.

import type { LeftOut } from '../../shared/imports.ts';
import type { ImportPlan } from '../formats/import/plan.ts';
import { AppError } from '../../shared/errors.ts';
import { readPlan, storePlan } from '../host-import.ts';
import { escapeControls } from '../system.ts';
import type { Host } from '../host.ts';
import { callHost } from './call-host.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { readInput } from './inputs.ts';
import { withHost } from './open-host.ts';
import { isAttached } from './working-host.ts';

/** Registers the command. */
export function addImport({ command }: CliContext): void {
  command(
    'import [file]',
    'read requests of another tool into the history, marked as imported; - reads standard input',
    (options) => {
      options
        .option('--curl <command>', 'one or several cURL commands in place of a file')
        .option('--dry-run', 'only say what would be imported');
    },
    async (run) => {
      const bytes = givenBytes(run);
      const plan = await readPlan(bytes);
      if (run.options['dryRun'] === true) return report(run, plan, 0);
      return withHost(async (_, host) => {
        if (isAttached(host)) {
          const { planId } = await callHost(host, 'import.read', { bytes });
          return report(run, plan, (await callHost(host, 'import.apply', { planId })).imported);
        }
        const { parts } = host as Host;
        const { imported } = await storePlan(plan, {
          parts,
          random: run.random,
          onStored: () => {},
          onRemoved: () => {},
        });
        return report(run, plan, imported);
      })(run);
    },
  );
}

function givenBytes(run: CommandRun): Uint8Array {
  const curl = text(run, 'curl');
  const file = run.positional[0];
  if ((curl === undefined) === (file === undefined))
    throw new AppError('CONFIG_INVALID', 'Give a file, or --curl with a command.');
  return curl === undefined ? readInput('FILE', file as string) : new TextEncoder().encode(curl);
}

function report(run: CommandRun, { format, requests, leftOut }: ImportPlan, imported: number): number {
  const dryRun = run.options['dryRun'] === true;
  const line = { type: 'import', format, found: requests.length, imported, leftOut };
  run.output.line(line, () => {
    const what = `${requests.length} ${requests.length === 1 ? 'request' : 'requests'} (${format})`;
    return [dryRun ? `Would import ${what}.` : `Imported ${what}.`, ...leftOut.map(leftOutText)].join('\n');
  });
  return 0;
}

function leftOutText({ place, message }: LeftOut): string {
  return `  ${escapeControls(place)}: ${escapeControls(message)}`;
}
