// `pull`: asks a provider's API what it sent, finds what never arrived, and puts that into the history, or sends it on.
// The API is one that the options describe, or a set-up that the app stored; a token that is given is kept nowhere.

import { createHash } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { defaultEndpoint } from '../../shared/workspace.ts';
import type { PullSetup } from '../../shared/pulls.ts';
import type { Host } from '../host.ts';
import { createSource, PullError } from '../host-offline.ts';
import { text } from './context.ts';
import type { CliContext, CommandRun } from './context.ts';
import { openHost, readStoredWorkspace, stopAsked } from './open-host.ts';
import { lookAgain, lookOnce } from './pull-look.ts';
import type { Look } from './pull-look.ts';
import {
  addPullOptions,
  readDescribedPull,
  readPullWish,
  readToken,
  refuseOptions,
  storedOnly,
} from './pull-options.ts';
import type { DescribedPull, PullWish } from './pull-options.ts';
import { findSetup, storedToken } from './pull-stored.ts';
import { printSetup, reportFailure } from './pull-text.ts';

/** Registers `pull`. */
export function addPull({ command }: CliContext): void {
  command(
    'pull [name]',
    "ask a provider's API for events that never arrived, and put them into the history",
    addPullOptions,
    pullEvents,
  );
}

async function pullEvents(run: CommandRun): Promise<number> {
  if (run.options['list'] === true) return listSetups(run);
  const name = run.positional[0];
  // Mistakes are told before the data folder is touched.
  const token = readToken(run);
  const described = name === undefined ? readDescribedPull(run, token) : null;
  const wish = readPullWish(run, token, name === undefined ? null : 'last');
  if (name !== undefined) refuseOptions(run, storedOnly, 'goes without NAME, whose set-up has its own');
  const stopped = stopAsked(run);
  const sends = wish.forwardTo !== null && (wish.everyMs !== null || run.options['wait'] === true);
  const host = await openHost(run, { listen: null, runQueue: sends });
  try {
    const look = described === null ? ofStored(run, host, wish, name ?? '') : ofOptions(run, host, wish, described);
    await host.start();
    return wish.everyMs === null ? await lookOnce(look, stopped) : await lookAgain(look, wish.everyMs, stopped);
  } catch (error) {
    if (!(error instanceof PullError)) throw error;
    return reportFailure(run.output, error);
  } finally {
    await host.stop();
  }
}

async function listSetups(run: CommandRun): Promise<number> {
  if (run.positional[0] !== undefined) throw new AppError('CONFIG_INVALID', '--list: goes without NAME.');
  const { pulls } = await readStoredWorkspace(run);
  for (const setup of pulls) printSetup(run.output, setup);
  return 0;
}

function ofStored(run: CommandRun, host: Host, wish: PullWish, name: string): Look {
  const setup = findSetup(host, name);
  const api = createSource(setup.provider, setup.config);
  const token = wish.token ?? storedToken(host, setup, api);
  return { run, host, wish, setup, api, token, source: sourceOf(setup) };
}

function ofOptions(run: CommandRun, host: Host, wish: PullWish, described: DescribedPull): Look {
  const { provider, config, baseUrl, api } = described;
  const endpointId = chooseEndpoint(run, host, provider);
  const source = sourceOf({ provider, config, baseUrl, endpointId });
  const known = host.parts.pullState.data.pulls.find((one) => one.source === source);
  const id = known?.id ?? `cli-${createHash('sha256').update(source).digest('hex').slice(0, 20)}`;
  const own = { id, name: api.name, tokenName: null, everyMinutes: null };
  const setup: PullSetup = { ...own, provider, config, baseUrl, endpointId };
  return { run, host, wish, setup, api, token: wish.token, source };
}

/** As the app writes it, so that both go on from the same place. */
function sourceOf(setup: Pick<PullSetup, 'provider' | 'config' | 'baseUrl' | 'endpointId'>): string {
  return JSON.stringify([setup.provider, setup.config, setup.baseUrl, setup.endpointId]);
}

function chooseEndpoint(run: CommandRun, { parts }: Host, provider: string): string {
  const wanted = text(run, 'endpoint');
  const { endpoints } = parts.workspace.data;
  if (wanted === undefined) {
    const own = endpoints.filter((endpoint) => endpoint.provider === provider);
    return own.length === 1 && own[0] ? own[0].id : defaultEndpoint.id;
  }
  if (wanted === defaultEndpoint.id) return wanted;
  const found = endpoints.find(({ id }) => id === wanted) ?? endpoints.find(({ name }) => name === wanted);
  if (found) return found.id;
  const names = [...endpoints.map(({ name }) => name), defaultEndpoint.id].map((name) => `"${name}"`).join(', ');
  throw new AppError('CONFIG_INVALID', `--endpoint: there is no "${wanted}"; there are ${names}.`);
}
