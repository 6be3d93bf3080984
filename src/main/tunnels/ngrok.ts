// ngrok by its official agent library: one session per run, so that tunnels with different tokens stand side by side.

import type { Session } from '@ngrok/ngrok';
import type { TunnelProblem } from '../../shared/tunnels.ts';
import { baseOf, localUrl } from './addresses.ts';
import type { Again, RunContext, StartRun } from './contract.ts';
import { problem, programMissing, shortened, tokenMissing } from './problems.ts';
import { nothingRuns } from './runs.ts';

type Agent = typeof import('@ngrok/ngrok');

const tokenPage = 'https://dashboard.ngrok.com/get-started/your-authtoken';

/** Connects; up when ngrok gave the address. */
export const startNgrok: StartRun<'ngrok'> = (setup, context) => {
  const token = setup.secretName === null ? null : context.secret(setup.secretName);
  if (token === null || token.trim() === '') {
    const where =
      setup.secretName === null
        ? `Take your authtoken from ${tokenPage}, keep it as a secret and choose it here.`
        : `Take your authtoken from ${tokenPage} and put it into the secret "${setup.secretName}".`;
    context.ended(tokenMissing('ngrok', where), 'never');
    return nothingRuns;
  }
  context.hide(token.trim());
  let session: Session | null = null;
  let stopped = false;

  async function connect(secret: string): Promise<void> {
    const agent = await loadAgent(context);
    if (!agent || stopped) return;
    context.log('Connecting to ngrok');
    const builder = new agent.SessionBuilder()
      .authtoken(secret)
      .clientInfo('hookbench', '1')
      .handleDisconnection((address, error) => {
        // Its first message comes before the connection stands, and then `connect` itself fails.
        const { problem: why, again } = problemOf(`${error} (${address})`);
        if (session !== null && !stopped) context.ended(why, again);
        return true;
      })
      .handleStopCommand(() => {
        const why = problem('exited', 'The tunnel was stopped at the ngrok dashboard.', 'Start it here again.');
        if (!stopped) context.ended(why, 'never');
      });
    if (context.limits.ngrokServer !== null) builder.serverAddr(context.limits.ngrokServer);
    const made = await builder.connect();
    if (stopped) return made.close();
    session = made;
    const endpoint = made.httpEndpoint();
    if (setup.domain !== null) endpoint.domain(setup.domain);
    const listener = await endpoint.listenAndForward(localUrl(context.receiver));
    const url = listener.url();
    if (url === null) throw new Error('ngrok gave no address');
    context.up(baseOf(new URL(url)));
  }

  const connecting = connect(token.trim()).catch((error: unknown) => {
    const { problem: why, again } = problemOf(error instanceof Error ? error.message : String(error));
    context.ended(why, again);
  });
  return {
    async stop() {
      stopped = true;
      await session?.close();
      // A connection under way cannot be broken off: it is closed when it stands. The next run waits for that, but not
      // for ever.
      let cancel = (): void => {};
      const longEnough = new Promise<void>((done) => (cancel = context.clock.after(context.limits.killMs, done)));
      await Promise.race([connecting, longEnough]);
      cancel();
    },
  };
};

async function loadAgent(context: RunContext): Promise<Agent | null> {
  try {
    const loaded = (await import('@ngrok/ngrok')) as Agent & { readonly default?: Agent };
    return loaded.default ?? loaded;
  } catch (error) {
    context.log(error instanceof Error ? error.message : String(error));
    const cure = 'Install the ngrok program and use the kind "command" or "attach" instead.';
    context.ended(programMissing('ngrok (its library for this system)', cure), 'never');
    return null;
  }
}

/** Of the token: malformed, of another version, withdrawn. */
const tokenCodes: ReadonlySet<string> = new Set(['105', '106', '107', '109', '300', '4018']);
/** Another agent or endpoint stands in the way, and may go. */
const passingCodes: ReadonlySet<string> = new Set(['108', '334']);

/** What an error of the agent means (https://ngrok.com/docs/errors). Public for its test. */
export function problemOf(message: string): { readonly problem: TunnelProblem; readonly again: Again } {
  const code = /ERR_NGROK_(\d+)/.exec(message)?.[1];
  const text = shortened(message.replace(/\s+/g, ' ').trim());
  if (code === undefined && !/authentication failed|invalid authtoken/i.test(message)) {
    const cure = 'Check the network: it is tried again by itself.';
    return { problem: problem('connect', `ngrok could not be reached: ${text}`, cure), again: 'later' };
  }
  const more = code === undefined ? '' : ` Read https://ngrok.com/docs/errors/err_ngrok_${code}`;
  if (code === undefined || tokenCodes.has(code)) {
    const cure = `Copy the authtoken anew from ${tokenPage} and set the secret.${more}`;
    return { problem: problem('token-wrong', `ngrok refuses the token: ${text}`, cure), again: 'never' };
  }
  if (passingCodes.has(code)) {
    const cure = `Stop the other agent or endpoint of this account or domain; it is tried again by itself.${more}`;
    return { problem: problem('connect', `ngrok refuses another one: ${text}`, cure), again: 'later' };
  }
  const cure = `Mend what the message names, then start the tunnel again.${more}`;
  return { problem: problem('connect', `ngrok refuses: ${text}`, cure), again: 'never' };
}
