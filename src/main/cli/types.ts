// `types`: captured events as a TypeScript module or a JSON Schema, read without owning the data folder.

import { AppError } from '../../shared/errors.ts';
import type { TypeLanguage } from '../../shared/generated-types.ts';
import { openReader } from '../host-reader.ts';
import { typesOf } from '../host-types.ts';
import type { History } from '../store/history.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';

const languages: Readonly<Record<string, TypeLanguage>> = { ts: 'typescript', schema: 'json-schema' };
/** Requests that are read at most; the newest of a query. */
const mostRequests = 200;

/** Registers the command. */
export function addTypes({ command }: CliContext): void {
  command(
    'types [id...]',
    'captured events of one kind as a TypeScript type or a JSON Schema',
    (options) => {
      options
        .option('--query <q>', `the newest ${mostRequests} that it takes, for example "event:invoice.paid"`)
        .option('--lang <lang>', 'ts or schema', 'ts')
        .option('--name <name>', 'name of the type (default: taken from the event)');
    },
    types,
  );
}

async function types(run: CommandRun): Promise<number> {
  const { output, clock, logger } = run;
  const language = languages[text(run, 'lang') ?? ''];
  if (language === undefined) {
    throw new AppError('CONFIG_INVALID', `--lang must be ts or schema, not "${text(run, 'lang') ?? ''}".`);
  }
  const reader = openReader({ dataDir: run.environment.dataDir, clock, logger });
  try {
    const name = text(run, 'name');
    const ids = chosenIds(run, reader.history);
    const made = await typesOf(reader.history, { ids, language, ...(name !== undefined && { name }) });
    // Names in it are escaped by the generator, so that no control byte can stand in it.
    output.line({ type: 'types', language, ...made }, () => made.text.trimEnd());
    for (const { id, reason } of made.skipped) output.note(`Left out ${id}: ${reason}`);
    for (const note of made.notes) output.note(note);
    return 0;
  } finally {
    output.flush();
    await reader.close();
  }
}

/** The ids that were given, then those that the query takes, newest first. */
function chosenIds(run: CommandRun, history: History | null): string[] {
  const query = text(run, 'query');
  const given = (run.positional as unknown as readonly [readonly string[]])[0];
  if (given.length === 0 && query === undefined) {
    throw new AppError('CONFIG_INVALID', 'Give ids of requests, or --query.');
  }
  const found =
    query === undefined ? [] : (history?.list({ query, limit: mostRequests, now: run.clock.now() }).rows ?? []);
  const ids = [...new Set([...given, ...found.map(({ id }) => id)])];
  if (ids.length > mostRequests)
    throw new AppError('CONFIG_INVALID', `At most ${mostRequests} requests can be read at once.`);
  if (ids.length === 0) throw new AppError('STORE_NOT_FOUND', 'No request matches the query.');
  return ids;
}
