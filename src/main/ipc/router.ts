// The one door from a window (or another process) to the host: looks a command up, checks who calls and what is
// passed, and turns whatever happens into a value. It knows no transport and none of the commands.

import * as v from 'valibot';
import { commandInputs } from '../../shared/contract.ts';
import type { CommandHandlers, CommandName } from '../../shared/contract.ts';
import { AppError, toErrorValue } from '../../shared/errors.ts';
import type { Result } from '../../shared/errors.ts';
import type { Logger } from '../ports.ts';

/** What a router is given. `Sender` is whatever the transport knows of a caller. */
export interface RouterOptions<Sender> {
  readonly handlers: CommandHandlers;
  /** Whether this caller may call at all. */
  readonly isTrusted: (sender: Sender) => boolean;
  /** Sends what is gathered and returns the number of the last batch; goes into the answer of `state.get`. */
  readonly currentBatch: () => number;
  /** Names a bug in the log and in the answer. */
  readonly makeId: () => string;
  readonly logger: Logger;
}

/** Answers calls; never rejects and never throws. */
export interface Router<Sender> {
  /** Codes of its own: IPC_UNTRUSTED_SENDER, IPC_UNKNOWN_COMMAND, IPC_INVALID_INPUT (details: field), BUG (details: id). */
  route(sender: Sender, name: unknown, input: unknown): Promise<Result<unknown>>;
}

/** Longest text of a caller's that an error repeats. */
const longestQuote = 300;

/** Creates the router of one transport. */
export function createRouter<Sender>(options: RouterOptions<Sender>): Router<Sender> {
  const { handlers, logger } = options;

  async function call(sender: Sender, name: unknown, input: unknown): Promise<unknown> {
    if (!options.isTrusted(sender)) throw new AppError('IPC_UNTRUSTED_SENDER', 'This caller may not call the host.');
    if (!isCommand(name)) throw new AppError('IPC_UNKNOWN_COMMAND', `There is no command ${quote(name)}.`);
    const parsed = v.safeParse(commandInputs[name], input, { abortEarly: true });
    if (!parsed.success) throw invalidInput(name, parsed.issues[0]);
    if (name === 'state.get') {
      // The number is read before the state: a change in between is then told twice rather than never.
      const batch = options.currentBatch();
      return { ...(await handlers['state.get'](undefined)), batch };
    }
    const handler = handlers[name] as (input: unknown) => unknown;
    return handler(parsed.output);
  }

  return {
    async route(sender, name, input) {
      try {
        return { ok: true, value: await call(sender, name, input) };
      } catch (error) {
        if (error instanceof AppError) return { ok: false, error: toErrorValue(error) };
        const id = options.makeId();
        logger.error(`bug ${id} in ${quote(name)}`, error);
        return {
          ok: false,
          error: toErrorValue(new AppError('BUG', `Something in Hookbench failed (${id}).`, { id })),
        };
      }
    },
  };
}

function isCommand(name: unknown): name is CommandName {
  return typeof name === 'string' && Object.hasOwn(commandInputs, name);
}

function invalidInput(name: CommandName, issue: v.BaseIssue<unknown>): AppError {
  const field = v.getDotPath(issue) ?? 'input';
  return new AppError('IPC_INVALID_INPUT', `${name}: ${field}: ${issue.message}`.slice(0, longestQuote), { field });
}

function quote(name: unknown): string {
  return typeof name === 'string' ? JSON.stringify(name.slice(0, longestQuote)) : `of type ${typeof name}`;
}
