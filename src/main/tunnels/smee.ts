// A channel of smee.io or of a gosmee server. The client library keeps the connection; what arrives is handed to the
// receiver here and not by the library, which would post everything to one path, lose gosmee's raw bodies, and end the
// process at a message that is not JSON.

import type { StartRun } from './contract.ts';
import { baseOf } from './addresses.ts';
import { problem } from './problems.ts';
import { createSmeeDelivery, pathParameter } from './smee-delivery.ts';

/** What the library tells of a broken connection. */
interface ChannelError {
  /** HTTP status of the answer, where one came. */
  readonly code?: number | undefined;
  readonly message?: string | undefined;
}

/** A gosmee server gives its stream only to clients that carry its name. */
const userAgent = 'Hookbench (gosmee compatible)';

/** Listens at the channel; up while connected. */
export const startSmee: StartRun<'smee'> = (setup, context) => {
  const channel = new URL(setup.channel);
  const publicUrl = baseOf(channel);
  const delivery = createSmeeDelivery(context, channel);
  let stopped = false;
  let close = (): Promise<void> => Promise.resolve();

  async function connect(): Promise<void> {
    const { SmeeClient } = await import('smee-client');
    if (stopped) return;
    const client = new SmeeClient({
      source: publicUrl,
      target: context.receiver.url,
      // Its own way to the target stays shut.
      forward: false,
      logger: { info: () => {}, error: () => {} },
      fetch: (url: string, { headers, signal }: { headers?: Record<string, string>; signal?: AbortSignal }) =>
        fetch(url, { headers: { ...headers, 'User-Agent': userAgent }, ...(signal ? { signal } : {}) }),
    });
    close = () => client.stop();
    client.onmessage = ({ data }) => {
      try {
        delivery.take(String(data));
      } catch (error) {
        // One strange event, such as JSON too deep to be written anew, must not end the connection for the others.
        const why = error instanceof Error ? error.message : String(error);
        context.log(`An event could not be read: ${why}`);
      }
    };
    client.onerror = (error) => {
      if (!stopped) lost(error);
    };
    // Its promise tells the same as `onerror`.
    await client.start().then(
      () => {
        if (stopped) return client.stop();
        context.log(
          'A channel writes JSON bodies anew: signatures over the body may fail (a gosmee server keeps the bytes).',
        );
        context.log(`Events arrive at the path in the parameter ${pathParameter} of the channel's address, else at /.`);
        context.up(publicUrl);
        return;
      },
      () => {},
    );
  }

  function lost({ code, message }: ChannelError): void {
    const gone = code !== undefined && code < 500 && code !== 429 && code !== 408;
    const status = code === undefined ? '' : ` (status ${code})`;
    if (gone) {
      const cure = `Make a new channel (${channel.origin}/new) and put its address in.`;
      context.ended(problem('connect', `There is no channel at ${publicUrl}${status}.`, cure), 'never');
      return;
    }
    const why = message === undefined || message === '' ? 'the connection broke' : message;
    const cure = 'Check the network: it is tried again by itself. What is sent meanwhile is lost at the channel.';
    context.ended(problem('connect', `No connection to the channel${status}: ${why}`, cure), 'later');
  }

  connect().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    context.ended(problem('connect', `No connection to the channel: ${why}`, 'It is tried again by itself.'), 'later');
  });
  return {
    oneWay: true,
    addressOf: (path) => `${publicUrl}?${pathParameter}=${encodeURIComponent(path)}`,
    headersFor: (path) => [[pathParameter, path]],
    delivers: (head) => delivery.delivers(head),
    async stop() {
      stopped = true;
      await close();
      delivery.stop();
    },
  };
};
