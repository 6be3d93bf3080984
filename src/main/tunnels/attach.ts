// An ngrok agent that somebody else runs: its own interface tells which of its tunnels leads to the receiver's port.

import type { TunnelProblem } from '../../shared/tunnels.ts';
import { baseOf, isLoopback } from './addresses.ts';
import type { RunContext, StartRun } from './contract.ts';
import { problem } from './problems.ts';

/** One tunnel as the agent lists it. */
interface Listed {
  readonly publicUrl: string;
  readonly leadsTo: string;
}

/** Deadline of one look, and bytes of its answer. */
const lookTimeoutMs = 4_000;
const answerLimit = 1_000_000;

/** Looks every few seconds; up while a tunnel leads here. */
export const startAttach: StartRun<'attach'> = (setup, context) => {
  const stopped = new AbortController();
  let cancel = (): void => {};
  let shown = '';

  async function look(): Promise<void> {
    const found = await listTunnels(setup.agentUrl, stopped.signal);
    if (stopped.signal.aborted) return;
    if (!Array.isArray(found)) return waitFor(notRunning(setup.agentUrl, found as string));
    const tunnels = found as readonly Listed[];
    const here = tunnels.filter(({ leadsTo }) => leadsToPort(leadsTo, context.receiver.port));
    const best = here.find(({ publicUrl }) => publicUrl.startsWith('https:')) ?? here[0];
    if (!best) return waitFor(noMatch(tunnels, context));
    if (best.publicUrl !== shown) context.up(best.publicUrl);
    shown = best.publicUrl;
    lookAgain();
  }

  function waitFor(what: TunnelProblem): void {
    shown = '';
    context.waiting(what);
    lookAgain();
  }

  /** `up` and `waiting` may have led to the end of this run. */
  function lookAgain(): void {
    if (!stopped.signal.aborted) cancel = context.clock.after(context.limits.attachMs, () => void look());
  }

  void look();
  return {
    stop() {
      stopped.abort();
      cancel();
      return Promise.resolve();
    },
  };
};

/** The agent's tunnels, or what was found instead. */
async function listTunnels(agentUrl: string, stopped: AbortSignal): Promise<readonly Listed[] | string> {
  try {
    const response = await fetch(new URL('/api/tunnels', agentUrl), {
      redirect: 'error',
      headers: { Accept: 'application/json' },
      signal: AbortSignal.any([stopped, AbortSignal.timeout(lookTimeoutMs)]),
    });
    const text = await limitedText(response);
    if (text === null) return 'something else answers there';
    if (!response.ok) return `it answers with status ${response.status}`;
    return listedIn(JSON.parse(text)) ?? 'something else answers there';
  } catch (error) {
    if (error instanceof SyntaxError) return 'something else answers there';
    const cause = (error as { readonly cause?: { readonly code?: string } }).cause?.code;
    return cause ?? (error instanceof Error ? error.message : String(error));
  }
}

/** Null where there is more than an agent would say. */
async function limitedText({ body }: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (body) {
    // Leaving the loop cancels the stream.
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > answerLimit) return null;
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks).toString('utf8');
}

function listedIn(value: unknown): readonly Listed[] | null {
  const tunnels = (value as { readonly tunnels?: unknown } | null)?.tunnels;
  if (!Array.isArray(tunnels)) return null;
  return tunnels.flatMap((one: unknown) => {
    const { public_url: url, config } = (one ?? {}) as { public_url?: unknown; config?: { addr?: unknown } };
    const leadsTo = config?.addr;
    if (typeof url !== 'string' || typeof leadsTo !== 'string' || !URL.canParse(url)) return [];
    const { protocol } = new URL(url);
    return protocol === 'https:' || protocol === 'http:' ? [{ publicUrl: baseOf(new URL(url)), leadsTo }] : [];
  });
}

/** `http://localhost:4100`, `localhost:4100` and `4100` all lead to that port here. Public for its test. */
export function leadsToPort(address: string, port: number): boolean {
  const text = /^\d+$/.test(address)
    ? `http://127.0.0.1:${address}`
    : address.includes('://')
      ? address
      : `http://${address}`;
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const used = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
  return used === String(port) && isLoopback(url.hostname);
}

function notRunning(agentUrl: string, why: string): TunnelProblem {
  const cure = 'Start it (ngrok http and the port of the receiver), or correct the address of its interface.';
  return problem('not-running', `No ngrok agent answers at ${agentUrl}: ${why}.`, cure);
}

function noMatch(tunnels: readonly Listed[], { receiver }: RunContext): TunnelProblem {
  const found = tunnels.slice(0, 5).map(({ publicUrl, leadsTo }) => `${publicUrl} leads to ${leadsTo}`);
  const list = found.length === 0 ? 'It has no tunnel.' : `Found: ${found.join('; ')}.`;
  return problem(
    'no-match',
    `No tunnel of the ngrok agent leads to port ${receiver.port}. ${list}`,
    `Run: ngrok http ${receiver.port}`,
  );
}
