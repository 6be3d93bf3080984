// The command line as a whole: parses, runs one command, and turns every outcome into an exit code.
// 0 done or positive, 1 negative result, 2 bad usage or input, 3 operational failure.

import { Command, CommanderError } from 'commander';
import { AppError, exitCodeOf, toErrorValue } from '../../shared/errors.ts';
import { readEnvironment } from '../host-options.ts';
import type { StoreParts } from '../host-options.ts';
import { escapeControls, stderrLogger, systemClock, systemRandom } from '../system.ts';
import { createOutput } from './output.ts';
import type { Output } from './output.ts';
import type { CliContext } from './context.ts';
import { addListen } from './listen.ts';
import { addVerify } from './verify.ts';
import { addSign } from './sign.ts';
import { addSnippet } from './snippet.ts';
import { addImport } from './import.ts';
import { addKeypair } from './keypair.ts';
import { addDiff } from './diff.ts';
import { addHistoryCommands } from './history.ts';
import { addSendCommands } from './send.ts';
import { addDeliveryCommands } from './deliveries.ts';
import { addHandlerCheck } from './handler-check.ts';
import { addPull } from './pull.ts';
import { addQueueCommands } from './queue.ts';
import { addScheduleCommands } from './schedules.ts';
import { addKeepingCommands } from './keeping.ts';
import { addEndpointCommands } from './endpoints.ts';
import { addTargetCommands } from './targets.ts';
import { addTunnelCommands } from './tunnels.ts';
import { addTypes } from './types.ts';
import { addWaitFor } from './wait-for.ts';
import { version } from '../version.ts';

/** What the process gives the command line. */
export interface CliProcess {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Test-only compositions replace constructors of the store. */
  readonly store?: Partial<StoreParts>;
}

/** Runs one command line (without `node` and the script) and resolves with its exit code. Never throws. */
export async function runCli(argv: readonly string[], given: CliProcess): Promise<number> {
  const stdout = watchOutput(process.stdout);
  // A diagnostic that nobody reads must not end the work.
  process.stderr.on('error', () => {});
  const streams = {
    out: (text: string) => stdout.write(text),
    outDrained: (text: string) => stdout.drained(text),
    err: (text: string) => void process.stderr.write(text),
    isErrTerminal: process.stderr.isTTY,
    color: process.stdout.isTTY && !argv.includes('--no-color') && !given.env['NO_COLOR'],
  };
  let exitCode = 0;
  const root = buildProgram(given, streams, stdout.closed, (code) => {
    exitCode = code;
  });
  try {
    await root.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    // Commander has printed its complaint; its own code is 1 for bad usage and 0 for --help and --version.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
  // Errors of earlier writes are known when this empty one has passed.
  await stdout.drained('');
  const fault = stdout.fault();
  if (fault === null) return exitCode;
  streams.err(`hookbench: standard output cannot be written: ${escapeControls(fault.message)}\n`);
  return 3;
}

/** The help of a command, as `--help` prints it. */
export interface HelpPage {
  /** Words before the options: `hookbench target add`. */
  readonly command: string;
  readonly text: string;
}

/** The help of every command, in the order of the program; for the documentation. */
export function helpPages(): readonly HelpPage[] {
  const nowhere = {
    out: () => {},
    outDrained: () => Promise.resolve(),
    err: () => {},
    isErrTerminal: false,
    color: false,
  };
  const given = { env: {}, platform: process.platform };
  const root = buildProgram(given, nowhere, new Promise(() => {}), () => {});
  const pages: HelpPage[] = [];
  const visit = (command: Command, parents: readonly string[]): void => {
    const words = [...parents, command.name()];
    let text = '';
    command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 110 });
    command.outputHelp();
    pages.push({ command: words.join(' '), text });
    for (const child of command.commands) visit(child, words);
  };
  visit(root, []);
  return pages;
}

function buildProgram(
  given: CliProcess,
  streams: Parameters<typeof createOutput>[0],
  outputClosed: Promise<void>,
  ended: (exitCode: number) => void,
): Command {
  const root = new Command('hookbench')
    .description('Webhook workbench: receive, verify, replay, sign and send')
    .version(version, '--version')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: streams.out, writeErr: streams.err });

  /** Registers commands under `parent`: adds the common options to each and runs it with its context. */
  const contextOf = (parent: Command): CliContext => ({
    command(usage, description, configure, run) {
      const sub = parent.command(usage).description(description).exitOverride();
      configure(sub);
      sub
        .option('--data-dir <dir>', 'data folder (default: HOOKBENCH_DATA_DIR, else the usual place of this system)')
        .option('--json', 'print one JSON object per line and nothing else on stdout')
        .option('--no-color', 'no colours');
      sub.action(async (...args: unknown[]) => {
        const positional = args.slice(0, -2) as string[];
        const options = args.at(-2) as Record<string, unknown> & { dataDir?: string; json?: boolean };
        const output = createOutput(streams, options.json === true);
        try {
          const environment = readEnvironment(given.env, given.platform);
          const exitCode = await run({
            options,
            positional,
            output,
            env: given.env,
            environment: { ...environment, dataDir: options.dataDir ?? environment.dataDir },
            clock: systemClock,
            random: systemRandom,
            logger: stderrLogger(),
            store: given.store,
            outputClosed,
          });
          ended(exitCode);
        } catch (error) {
          ended(report(error, output));
        } finally {
          output.flush();
        }
      });
      return sub;
    },
    group: (name, description) => contextOf(parent.command(name).description(description).exitOverride()),
  });

  const context = contextOf(root);
  addListen(context);
  addVerify(context);
  addSign(context);
  addKeypair(context);
  addSnippet(context);
  addHistoryCommands(context);
  addWaitFor(context);
  addImport(context);
  addDiff(context);
  addTypes(context);
  addSendCommands(context);
  addDeliveryCommands(context);
  addQueueCommands(context);
  addKeepingCommands(context);
  addEndpointCommands(context);
  addTargetCommands(context);
  addTunnelCommands(context);
  addScheduleCommands(context);
  addHandlerCheck(context);
  addPull(context);
  return root;
}

interface WatchedOutput {
  write(text: string): void;
  drained(text: string): Promise<void>;
  /** Resolves when nothing can be written any more. */
  readonly closed: Promise<void>;
  /** What broke it, unless its reader simply went away. */
  fault(): Error | null;
}

/** Standard output whose end stops nothing but the printing: a send goes on when nobody reads its lines. */
function watchOutput(stream: NodeJS.WriteStream): WatchedOutput {
  let isClosed = false;
  let fault: Error | null = null;
  const closed = new Promise<void>((resolve) => {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      isClosed = true;
      if (error.code !== 'EPIPE') fault ??= error;
      resolve();
    });
  });
  return {
    write(text) {
      if (!isClosed) stream.write(text);
    },
    drained: (text) =>
      isClosed ? Promise.resolve() : new Promise((resolve) => void stream.write(text, () => resolve())),
    closed,
    fault: () => fault,
  };
}

function report(error: unknown, output: Output): number {
  if (!(error instanceof AppError)) {
    output.note(
      `hookbench: fault in Hookbench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
    return 3;
  }
  const { code, message, hint } = toErrorValue(error);
  output.line({ type: 'error', code, message }, () => null);
  output.note(`hookbench: ${escapeControls(message)} ${hint}`);
  return exitCodeOf(code);
}
