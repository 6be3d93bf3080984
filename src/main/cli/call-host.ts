// How commands call the host: through the same checked contract as the window. A complaint about a field comes back
// with the name of the option that filled it.

import * as v from 'valibot';
import { commandInputs } from '../../shared/contract.ts';
import type { CommandInput, CommandName, CommandOutput } from '../../shared/contract.ts';
import { AppError } from '../../shared/errors.ts';
import type { Host } from '../host.ts';

/** Which option fills a field of a command's input; a path (`reply.headers`) where an option fills part of one. */
export type OptionNames = Readonly<Record<string, string>>;

/** Calls a command of the host. Throws CONFIG_INVALID for input that the contract refuses, and what the host throws. */
export async function callHost<N extends CommandName>(
  { handlers }: Pick<Host, 'handlers'>,
  name: N,
  input: CommandInput<N>,
  optionNames: OptionNames = {},
): Promise<CommandOutput<N>> {
  const parsed = v.safeParse(commandInputs[name], input, { abortEarly: true });
  if (!parsed.success) {
    const issue = parsed.issues[0];
    const path = v.getDotPath(issue) ?? '';
    const field = path.split('.')[0] as string;
    throw new AppError('CONFIG_INVALID', `${optionOf(path, optionNames) ?? field}: ${issue.message}.`);
  }
  const handler = handlers[name] as (input: unknown) => CommandOutput<N> | Promise<CommandOutput<N>>;
  try {
    return await handler(parsed.output);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const option = optionOf(String(error.details?.['field']), optionNames);
    if (option === undefined || error.message.startsWith(option)) throw error;
    throw new AppError(error.code, `${option}: ${error.message}`, error.details);
  }
}

/** The option of the field at `path`, or of the nearest one around it. */
function optionOf(path: string, optionNames: OptionNames): string | undefined {
  const option = optionNames[path];
  const end = path.lastIndexOf('.');
  return option !== undefined || end === -1 ? option : optionOf(path.slice(0, end), optionNames);
}

/** An id made of a name, other than those `taken`; `fallback` where the name has no letter for one. */
export function idFromName(name: string, taken: readonly string[], fallback: string): string {
  const words = name.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  // Ids may have 64 characters; the rest is for a number.
  const base = words.join('-').slice(0, 50).replace(/-$/, '') || fallback;
  let id = base;
  for (let n = 2; taken.includes(id); n += 1) id = `${base}-${n}`;
  return id;
}
