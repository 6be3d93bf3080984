// One tunnel as a state machine: stopped, starting, up, down (comes back by itself), failed (needs a person). It never has
// two runs at once: a new one starts when the last has ended with all that belonged to it.

import type { RequestHead } from '../../shared/exchange.ts';
import type { TunnelProbe, TunnelProblem, TunnelSetup, TunnelStatus } from '../../shared/tunnels.ts';
import { keepsAddress } from './addresses.ts';
import { backOff } from './back-off.ts';
import type { Children } from './child.ts';
import type { Again, ReceiverAddress, Run, RunContext, TunnelLimits, TunnelsOptions } from './contract.ts';
import type { TunnelLog } from './log.ts';
import type { Prober } from './probe.ts';
import { problem, receiverDown } from './problems.ts';
import { isPassing } from './probe-verdict.ts';
import type { Probed } from './probe-verdict.ts';

/** What a tunnel is given. */
export interface TunnelParts {
  readonly options: TunnelsOptions;
  readonly limits: TunnelLimits;
  readonly setup: TunnelSetup;
  readonly log: TunnelLog;
  readonly children: Children;
  readonly prober: Prober;
  readonly startRun: (setup: TunnelSetup, context: RunContext) => Run;
}

/** One tunnel. */
export interface Tunnel {
  readonly setup: TunnelSetup;
  readonly log: TunnelLog;
  status(): TunnelStatus;
  start(): void;
  stop(): Promise<void>;
  /** Goes on with another setup; a run of the old one is replaced. */
  change(setup: TunnelSetup): void;
  receiverChanged(): void;
  resumed(): void;
  probe(): Promise<TunnelProbe>;
  registered(): Promise<void>;
  /** The run is handing this request to the receiver. */
  delivers(head: RequestHead): boolean;
  /** A request came through it: it lives, whatever probes from here say. */
  passed(): void;
}

/** A run and what belongs to it. */
interface Current {
  run: Run | null;
  readonly to: ReceiverAddress;
  /** Breaks off what is under way for it. */
  readonly stopped: AbortController;
}

/** Builds a tunnel that stands still. */
export function createTunnel(parts: TunnelParts): Tunnel {
  const { options, limits, log, prober } = parts;
  const { clock } = options;
  let { setup } = parts;
  let status: TunnelStatus = {
    id: setup.id,
    state: 'stopped',
    publicUrl: null,
    since: clock.now(),
    retryAt: null,
    problem: null,
    probe: null,
    movedFrom: null,
  };
  let wanted = false;
  let current: Current | null = null;
  let ending: Promise<void> | null = null;
  let fallen = 0;
  let failedProbes = 0;
  /** At this address: requests since the last probe, requests at all, and whether a probe ever came through. */
  let traffic = { recent: false, ever: false, probed: false };
  /** Timers of the present state. */
  const timers = new Set<() => void>();

  function set(changes: Partial<Omit<TunnelStatus, 'id' | 'since'>>): void {
    const next = { ...status, ...changes };
    const moved = next.state !== status.state;
    status = moved ? { ...next, since: clock.now() } : next;
    options.onStatus(status);
  }

  function after(ms: number, run: () => void): void {
    const cancel = clock.after(ms, () => {
      timers.delete(cancel);
      run();
    });
    timers.add(cancel);
  }

  function clearTimers(): void {
    for (const cancel of timers) cancel();
    timers.clear();
  }

  /** Ends the run, if there is one; resolves when nothing of it is left. */
  function halt(): Promise<void> {
    clearTimers();
    current?.stopped.abort();
    const run = current?.run;
    current = null;
    if (run) finish(run);
    return ending ?? Promise.resolve();
  }

  function finish(run: Run): void {
    const now = Promise.all([ending, run.stop()])
      .then(
        () => {},
        (error: unknown) => options.logger.error(`A run of the tunnel "${setup.name}" did not end well`, error),
      )
      .finally(() => {
        if (ending === now) ending = null;
      });
    ending = now;
  }

  /** Starts a run as soon as the one before it is gone. */
  function launch(): void {
    if (!wanted || current) return;
    clearTimers();
    if (ending) {
      if (status.state !== 'starting') set({ state: 'starting', retryAt: null });
      void ending.then(launch);
      return;
    }
    const to = options.receiver();
    if (!to) {
      set({ state: 'down', problem: receiverDown, retryAt: null });
      return;
    }
    set({ state: 'starting', retryAt: null });
    const own: Current = { run: null, to, stopped: new AbortController() };
    current = own;
    after(limits.addressMs, () => {
      const cure = "Read the tunnel's log: its program runs, but told no address that fits.";
      fall(problem('no-address', `No address came within ${limits.addressMs / 1_000} s.`, cure), 'later');
    });
    const context: RunContext = {
      clock,
      receiver: to,
      secret: options.secret,
      children: parts.children,
      limits,
      log: (text) => log.add(text),
      hide: (secret) => log.hide(secret),
      up: (url) => {
        if (current === own) standsAt(url);
      },
      waiting: (why) => {
        if (current === own) waitFor(why);
      },
      ended: (why, again) => {
        if (current === own) fall(why, again);
      },
    };
    let run: Run;
    try {
      run = parts.startRun(setup, context);
    } catch (error) {
      // A setup that was written by hand may hold what no address is.
      const message = error instanceof Error ? error.message : String(error);
      return fall(problem('connect', `The tunnel could not be started: ${message}.`, 'Mend its settings.'), 'never');
    }
    if (current === own) own.run = run;
    else finish(run);
  }

  function standsAt(url: string): void {
    if (status.state === 'up' && status.publicUrl === url) return;
    clearTimers();
    const known = options.memory.registered(setup.id);
    const movedFrom = known !== null && known !== url ? known : null;
    if (known === null) void keep(url);
    log.add(movedFrom === null ? `Up at ${url}` : `Up at ${url}; senders still know ${movedFrom}`);
    failedProbes = 0;
    traffic = { recent: false, ever: false, probed: false };
    set({ state: 'up', publicUrl: url, retryAt: null, problem: null, movedFrom, probe: null });
    after(limits.steadyMs, () => (fallen = 0));
    firstProbes(0);
  }

  /** Down, but the run goes on and says when it is up again. */
  function waitFor(told: TunnelProblem): void {
    const why = { ...told, message: log.clean(told.message) };
    if (status.state === 'down' && status.problem?.message === why.message) return;
    clearTimers();
    log.add(`${why.message} ${why.cure}`);
    set({ state: 'down', problem: why, retryAt: null });
  }

  /** Down, with another try after a while, or failed. */
  function fall(told: TunnelProblem, again: Again): void {
    // Programs and services repeat in their complaints what they were given.
    const why = { ...told, message: log.clean(told.message) };
    log.add(`${why.message} ${why.cure}`);
    const ms = again === 'later' ? backOff(fallen, limits, options.random) : again;
    if (again === 'later') fallen += 1;
    void halt();
    if (ms === 'never') {
      set({ state: 'failed', problem: why, retryAt: null });
      return;
    }
    set({ state: 'down', problem: why, retryAt: clock.now() + ms });
    after(ms, launch);
  }

  /** Ends the run and starts another at once. */
  function renew(): void {
    void halt();
    launch();
  }

  /** A new address may need a while until everybody finds it. */
  function firstProbes(index: number): void {
    const wait = limits.firstProbesMs[index];
    if (wait === undefined) {
      after(limits.probeEveryMs, periodic);
      return;
    }
    after(wait, () => {
      void probeOnce().then((result) => {
        if (result && status.state === 'up') firstProbes(isPassing(result) ? limits.firstProbesMs.length : index + 1);
      });
    });
  }

  function periodic(): void {
    void probeOnce().then((result) => {
      if (!result) return;
      failedProbes = result.lives ? 0 : failedProbes + 1;
      const { message, cure } = result.probe;
      if (failedProbes < 2) after(failedProbes === 0 ? limits.probeEveryMs : limits.probeAgainMs, periodic);
      else if (restartHelps())
        fall(problem('connect', `The tunnel no longer passes anything on: ${message}`, cure), 'later');
      else after(limits.probeEveryMs, periodic);
    });
  }

  /** What a restart costs is known: senders keep their address, or they do not. Its program ends where it is broken. */
  function restartHelps(): boolean {
    return status.publicUrl !== null && keepsAddress(setup, status.publicUrl);
  }

  /** Null when the run that was probed is not the present one any more. */
  async function probeOnce(): Promise<(Probed & { readonly lives: boolean }) | null> {
    const own = current;
    const { publicUrl } = status;
    if (!own?.run || status.state !== 'up' || publicUrl === null) return null;
    const probed = await prober.probe(
      {
        kind: setup.kind,
        addressOf: own.run.addressOf ?? ((path) => `${publicUrl}${path}`),
        headersFor: own.run.headersFor,
        oneWay: own.run.oneWay ?? false,
      },
      own.stopped.signal,
    );
    if (current !== own || status.state !== 'up' || status.publicUrl !== publicUrl) return null;
    // Where no probe ever comes through but requests do, it is this machine that cannot reach its own address.
    const carries = traffic.recent || (traffic.ever && !traffic.probed);
    traffic = { ...traffic, recent: false, probed: traffic.probed || probed.arrived || probed.probe.ok };
    log.add(`Probe: ${probed.probe.message}`);
    set({ probe: probed.probe });
    return { ...probed, lives: carries || isPassing(probed) };
  }

  async function keep(url: string | null): Promise<void> {
    try {
      await options.memory.keep(setup.id, url);
    } catch (error) {
      options.logger.error(`The address of the tunnel "${setup.name}" could not be kept`, error);
    }
  }

  async function stop(): Promise<void> {
    wanted = false;
    fallen = 0;
    await halt();
    // A start may have been asked for meanwhile.
    if (!wanted && status.state !== 'stopped') {
      set({ state: 'stopped', publicUrl: null, retryAt: null, problem: null, probe: null, movedFrom: null });
    }
  }

  return {
    get setup() {
      return setup;
    },
    log,
    status: () => status,
    start() {
      wanted = true;
      fallen = 0;
      if (current && status.state === 'down') return renew();
      if (current) return;
      set({ state: 'starting', problem: null, probe: null, retryAt: null });
      launch();
    },
    stop,
    change(next) {
      const before = setup;
      setup = next;
      if (!wanted || sameRun(before, next)) return;
      fallen = 0;
      set({ state: 'starting', publicUrl: null, problem: null, probe: null, retryAt: null, movedFrom: null });
      renew();
    },
    receiverChanged() {
      if (!wanted || status.state === 'failed') return;
      const to = options.receiver();
      if (current && to && to.port === current.to.port && to.url === current.to.url) return;
      if (!to) {
        void halt();
        set({ state: 'down', problem: receiverDown, retryAt: null });
      } else if (current || status.problem?.code === 'receiver-down') renew();
    },
    resumed() {
      if (!wanted) return;
      if (status.state === 'down') launch();
      if (status.state !== 'up') return;
      // What came before the sleep says nothing of now.
      traffic = { ...traffic, recent: false };
      void probeOnce().then((result) => {
        if (!result || result.lives || !restartHelps()) return;
        log.add('After the sleep nothing comes through: starting again.');
        const { message, cure } = result.probe;
        set({ state: 'down', problem: problem('connect', message, cure), retryAt: clock.now() });
        renew();
      });
    },
    async probe() {
      const result = await probeOnce();
      if (result) return result.probe;
      return {
        at: clock.now(),
        ok: false,
        ms: 0,
        code: 'unreachable',
        message: 'The tunnel is not up.',
        cure: status.problem?.cure ?? 'Start it first.',
      };
    },
    async registered() {
      if (status.publicUrl === null) return;
      await keep(status.publicUrl);
      set({ movedFrom: null });
    },
    delivers: (head) => current?.run?.delivers?.(head) ?? false,
    passed: () => {
      if (status.state === 'up') traffic = { ...traffic, recent: true, ever: true };
    },
  };
}

/** Whether two setups differ only in what a run does not use. */
function sameRun(one: TunnelSetup, two: TunnelSetup): boolean {
  const plain = (setup: TunnelSetup) => JSON.stringify({ ...setup, name: '', autoStart: false });
  return plain(one) === plain(two);
}
