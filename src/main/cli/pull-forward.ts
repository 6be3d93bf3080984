// Sends on what a pull put into the history: as replays of the pulled requests, through the queue, oldest first.

import type { Delivery, Draft } from '../../shared/delivery.ts';
import { AppError } from '../../shared/errors.ts';
import type { Host } from '../host.ts';
import { enqueueReplay } from '../host-send.ts';
import type { CommandRun } from './context.ts';
import { readSecrets } from './inputs.ts';
import { readKeptSecret } from './kept-secret.ts';
import { findChosen } from './provider-option.ts';
import { sendContext } from './working-host.ts';

/**
 * Puts pulled requests into the queue for `url` (null: does nothing). With a secret they are signed anew under their
 * own ids, else sent with the headers that the API told.
 */
export function createForwarder(
  run: CommandRun,
  host: Host,
  url: string | null,
): (requestIds: readonly string[]) => Promise<readonly Delivery[]> {
  const { history, workspace } = host.parts;
  const isSigned = readSecrets(run.options, run.env).length > 0;
  let secret: Draft['secret'] = null;

  return async (requestIds) => {
    if (url === null) return [];
    const requests = requestIds.map((id) => history.get(id)).filter((request) => request !== null);
    const made: Delivery[] = [];
    for (const { id, provider } of requests.toSorted((a, b) => a.receivedAt - b.receivedAt)) {
      if (isSigned) secret ??= readKeptSecret(run, findChosen(provider ?? 'generic', workspace.data.schemes));
      const how = { resign: isSigned ? 'same-id' : 'keep', secret, schedule: 'quick', speed: 1 } as const;
      made.push(...(await enqueue(run, host, { requestId: id, url, ...how })));
    }
    return made;
  };
}

async function enqueue(run: CommandRun, host: Host, replay: Parameters<typeof enqueueReplay>[1]): Promise<Delivery[]> {
  try {
    return await enqueueReplay(sendContext(run, host), replay);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'SEND_INVALID_URL') throw error;
    throw new AppError(error.code, `--to: ${error.message}.`);
  }
}
