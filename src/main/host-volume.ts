// The handlers for many deliveries at a rate: a draft is checked once, its addresses are looked at, and then it goes into
// the queue again and again, each time with an id of its own.

import type { CommandHandlers, CommandName } from '../shared/contract.ts';
import type { Draft } from '../shared/delivery.ts';
import { enqueueDrafts, previewDraft } from './host-send.ts';
import type { SendContext } from './host-send.ts';
import { fanOut } from './sender/fan-out.ts';
import { checkNear } from './volume/near.ts';
import type { Volume } from './volume/volume.ts';

/** What the handlers work on. */
interface VolumeContext {
  readonly send: SendContext;
  readonly volume: Volume;
  /** Secrets that were given for one run stay while it may still sign with them. */
  readonly secrets: { readonly hold: (name: string) => void; readonly release: (name: string) => void };
}

/** Builds the handlers. They throw AppError for operational errors. */
export function createVolumeHandlers({
  send,
  volume,
  secrets,
}: VolumeContext): Pick<CommandHandlers, Extract<CommandName, `volume.${string}`>> {
  const { parts } = send;

  /** The draft with a secret by name: a value that was given is kept once for the whole run. */
  async function withNamedSecret(draft: Draft): Promise<{ readonly draft: Draft; readonly held: string | null }> {
    const { secret, provider } = draft;
    if (secret === null || !('value' in secret)) return { draft, held: null };
    const name = await parts.keepOneOff(secret.value, provider);
    secrets.hold(name);
    return { draft: { ...draft, secret: { name } }, held: name };
  }

  return {
    async 'volume.start'({ runId, draft: given, count, ratePerSecond, confirmed }) {
      // A handler that knows ids would take all but the first for repeats.
      const wanted: Draft = { ...given, messageId: undefined };
      previewDraft(send, wanted);
      let checked = '';
      /** Targets may change while the run goes on, so each new set of addresses is looked at. */
      const checkAddresses = async (): Promise<void> => {
        if (confirmed) return;
        const urls = fanOut(wanted, parts.workspace.data.targets).map(({ url }) => url);
        if (urls.join('\n') === checked) return;
        await checkNear(urls);
        checked = urls.join('\n');
      };
      await checkAddresses();
      const { draft, held } = await withNamedSecret(wanted);
      const onEnqueued = (): void => {
        if (held !== null) secrets.release(held);
      };
      try {
        return await volume.start({
          id: runId,
          count,
          ratePerSecond,
          enqueue: async (messages) => {
            await checkAddresses();
            return enqueueDrafts(
              send,
              Array.from({ length: messages }, () => draft),
            );
          },
          onEnqueued,
        });
      } catch (error) {
        onEnqueued();
        throw error;
      }
    },
    'volume.stop'({ runId }) {
      volume.stop(runId);
      return null;
    },
  };
}
