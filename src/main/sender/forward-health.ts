// How the apps behind the forwards do: up once they answered, whatever they said, down once they did not, until then
// unknown. An app is an origin; all forwards to it share what was seen. One that is down is asked for a connection every
// few seconds, so that a person sees it come back before the next event does.

import type { ForwardHealth } from '../../shared/forwards.ts';
import type { Endpoint } from '../../shared/workspace.ts';
import type { Clock } from '../ports.ts';
import { probeApp } from './forward-probe.ts';
import type { ProbeOptions } from './forward-probe.ts';

/** Between two probes of one app, ms. */
const probeEveryMs = 3_000;

/** What watching needs. */
export interface HealthOptions extends ProbeOptions {
  readonly clock: Clock;
  readonly endpoints: () => readonly Endpoint[];
  /** Called with the whole list when something in it changed. */
  readonly onHealth: (health: readonly ForwardHealth[]) => void;
}

/** Watches the apps. */
export interface ForwardWatch {
  /** The app at `origin` answered. */
  answered(origin: string): void;
  /** It did not; `message` says what happened. */
  failed(origin: string, message: string): void;
  /** One entry per active forward. */
  health(): readonly ForwardHealth[];
  endpointsChanged(): void;
  /** No more probes, no more news. */
  stop(): void;
}

type Seen = Pick<ForwardHealth, 'state' | 'since' | 'message'>;

const unknown: Seen = { state: 'unknown', since: null, message: 'nothing was forwarded yet' };

/** A watch that has seen nothing. */
export function createForwardWatch(options: HealthOptions): ForwardWatch {
  const { clock, endpoints, onHealth } = options;
  const apps = new Map<string, Seen>();
  /** What ends the wait for a probe, or the probe itself, of each app that is down. */
  const probes = new Map<string, () => void>();
  let told = '';
  let stopped = false;

  function health(): readonly ForwardHealth[] {
    return endpoints().flatMap(({ id, forwards }) =>
      forwards
        .filter(({ active }) => active)
        .map((forward): ForwardHealth => ({
          endpointId: id,
          forwardId: forward.id,
          url: forward.url,
          ...(apps.get(originOf(forward.url)) ?? unknown),
        })),
    );
  }

  /** What nobody's forward shows is no news. */
  function tell(): void {
    const now = health();
    const text = JSON.stringify(now);
    if (stopped || text === told) return;
    told = text;
    onHealth(now);
  }

  function see(origin: string, state: 'up' | 'down', message: string): void {
    const before = apps.get(origin);
    if (before?.state === state && before.message === message) return;
    const since = before?.state === state ? before.since : clock.now();
    apps.set(origin, { state, since, message });
    tell();
  }

  function wanted(): ReadonlySet<string> {
    const active = endpoints().flatMap(({ forwards }) => forwards.filter((forward) => forward.active));
    return new Set(active.map(({ url }) => originOf(url)));
  }

  function stopProbe(origin: string): void {
    probes.get(origin)?.();
    probes.delete(origin);
  }

  function probeLater(origin: string): void {
    probes.set(
      origin,
      clock.after(probeEveryMs, () => {
        const cancel = probeApp(new URL(origin), options, (why) => {
          if (why !== null) return probeLater(origin);
          probes.delete(origin);
          see(origin, 'up', 'it takes connections again');
        });
        probes.set(origin, cancel);
      }),
    );
  }

  told = JSON.stringify(health());
  return {
    health,
    answered(origin) {
      if (stopped || apps.get(origin)?.state === 'up') return;
      stopProbe(origin);
      see(origin, 'up', 'it answers');
    },
    failed(origin, message) {
      // The forward may have been removed while the app was asked.
      if (stopped || !wanted().has(origin)) return;
      see(origin, 'down', message);
      if (!probes.has(origin)) probeLater(origin);
    },
    endpointsChanged() {
      const kept = wanted();
      for (const origin of apps.keys()) {
        if (kept.has(origin)) continue;
        apps.delete(origin);
        stopProbe(origin);
      }
      tell();
    },
    stop() {
      stopped = true;
      for (const origin of probes.keys()) stopProbe(origin);
    },
  };
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
