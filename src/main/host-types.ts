// Types from captured requests, for the window and for the command line: reads the bodies within bounds and hands them
// to the generator. Nothing of it is stored.

import { writeFile } from 'node:fs/promises';
import type { CommandHandlers, CommandParsed } from '../shared/contract.ts';
import { AppError } from '../shared/errors.ts';
import type { GeneratedTypes } from '../shared/generated-types.ts';
import { headerValue } from '../shared/headers.ts';
import type { HostOptions } from './host-options.ts';
import type { History } from './store/history.ts';
import type { TypeJob } from './type-generator/contract.ts';
import { generateTypes } from './type-generator/generate-types.ts';
import { typeName } from './type-generator/type-name.ts';

/** Largest body that is looked at, bytes. */
const largestBody = 1_048_576;
/** Bytes of all bodies together. */
const largestTotal = 8 * largestBody;

/** Which requests, and what to write. */
export type TypeRequest = CommandParsed<'requests.types'>;

/**
 * The types of these requests' bodies. `name` is made an identifier; absent: the event of the first that has one.
 * Throws AppError STORE_NOT_FOUND for an unknown id, CONFIG_INVALID when no body can be used.
 */
export async function typesOf(history: History | null, request: TypeRequest): Promise<GeneratedTypes> {
  const samples: TypeJob['samples'][number][] = [];
  const refused: { id: string; reason: string }[] = [];
  let event: string | null = null;
  let total = 0;
  for (const id of new Set(request.ids)) {
    const stored = history?.get(id) ?? null;
    if (history === null || stored === null) throw new AppError('STORE_NOT_FOUND', `There is no request ${id}.`);
    event ??= stored.event;
    const coding = headerValue(stored.headers, 'content-encoding')?.trim().toLowerCase() ?? 'identity';
    if (stored.truncated) refused.push({ id, reason: 'Its body was cut when it was captured.' });
    else if (stored.storedSize > largestBody) refused.push({ id, reason: 'Its body is larger than 1 MiB.' });
    else if (coding !== 'identity' && coding !== '') refused.push({ id, reason: 'Its body is compressed.' });
    else if (total + stored.storedSize > largestTotal)
      refused.push({ id, reason: 'The bodies are larger than 8 MiB in all.' });
    else {
      total += stored.storedSize;
      samples.push({ id, body: history.readBody(id) ?? new Uint8Array() });
    }
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
  const name = typeName(request.name ?? event ?? '');
  const made = await generateTypes({ language: request.language, name, samples });
  if (made === 'timeout')
    throw new AppError('CONFIG_INVALID', 'Making the types took too long and was stopped: take fewer requests.');
  const skipped = [...refused, ...made.skipped];
  if (made.samples === 0) {
    const why = skipped[0]?.reason ?? '';
    throw new AppError(
      'CONFIG_INVALID',
      request.ids.length === 1
        ? `This request gives no type. ${why}`
        : `None of these requests gives a type. The first: ${why}`,
    );
  }
  return { ...made, skipped };
}

/** Builds the handlers. */
export function createTypeHandlers(context: {
  readonly history: History;
  readonly options: Pick<HostOptions, 'desktop'>;
}): Pick<CommandHandlers, 'requests.types' | 'requests.saveTypes'> {
  const { history, options } = context;
  return {
    'requests.types': (request) => typesOf(history, request),
    async 'requests.saveTypes'(request) {
      const { text } = await typesOf(history, request);
      const extension = request.language === 'typescript' ? 'ts' : 'schema.json';
      const name = typeName(request.name ?? '');
      const path = (await options.desktop?.chooseSaveFile(`${name}.${extension}`)) ?? null;
      if (path === null) return null;
      try {
        await writeFile(path, text, { mode: 0o600 });
      } catch (error) {
        throw new AppError(
          'STORE_FAULT',
          `Cannot write ${path}: ${error instanceof Error ? error.message : String(error)}.`,
        );
      }
      return { path };
    },
  };
}
