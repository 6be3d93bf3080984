import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createProber } from '../../../src/main/tunnels/probe.ts';
import type { Prober } from '../../../src/main/tunnels/probe.ts';
import type { CapturedRequest } from '../../../src/shared/exchange.ts';
import { pairHeaders } from '../../../src/shared/headers.ts';
import type { HeaderPair } from '../../../src/shared/headers.ts';
import { systemClock } from '../../../src/main/system.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { createTunnelWorld, freePort } from '../../support/tunnel-world.ts';
import type { TunnelWorld } from '../../support/tunnel-world.ts';
import { startMiddleman } from '../../support/tunnel-middleman.ts';
import type { Middleman, Meddling } from '../../support/tunnel-middleman.ts';

let world: TunnelWorld | null = null;
let middleman: Middleman | null = null;

afterEach(async () => {
  await middleman?.close();
  await world?.close();
  middleman = null;
  world = null;
});

/** Probes through a tunnel that somebody meddles with. */
async function probeThrough(meddling: Meddling) {
  world = await createTunnelWorld([], {});
  middleman = await startMiddleman(world.receiver()?.port ?? 0, meddling);
  world.setUp({
    id: 't1',
    name: 'attached',
    autoStart: false,
    kind: 'command',
    command: [process.execPath, '-e', `console.log('${middleman.url}'); setInterval(() => {}, 1000)`],
    urlHolds: 'http://',
  });
  world.tunnels.start('t1');
  const { probe } = await world.until(({ state, probe: result }) => state === 'up' && result !== null);
  return probe;
}

it('is green through something that passes all on', async () => {
  expect(await probeThrough({})).toMatchObject({ ok: true, code: 'ok' });
  expect(world?.arrived).toEqual([]);
});

it.each<[string, Meddling, string]>([
  ['a body written anew', { body: (text) => JSON.stringify(JSON.parse(text)) }, 'body-changed'],
  ['a line end mended', { body: (text) => text.replaceAll('\r\n', '\n') }, 'body-changed'],
  ['a header dropped', { dropHeader: 'x-hookbench-check' }, 'headers-changed'],
  ['a clock of another time', { date: new Date(0).toUTCString() }, 'clock'],
  ['a page in front', { page: '<title>Are you sure?</title>' }, 'interstitial'],
  ['an answer that is replaced', { replaceAnswer: 'ok' }, 'interstitial'],
])('names %s', async (_what, meddling, code) => {
  expect(await probeThrough(meddling)).toMatchObject({ ok: false, code });
});

it('names what answers nothing, what is not there, and what is no address', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const prober = createProber(systemClock, (size) => randomBytes(size), 100);
  const probe = (base: string) =>
    prober.probe({ kind: 'ssh', addressOf: (path) => base + path, oneWay: false }).then((done) => done.probe);
  const { port } = silent.address() as AddressInfo;
  expect(await probe(`http://127.0.0.1:${port}`)).toMatchObject({ code: 'timeout', ok: false });
  expect(await probe(`http://127.0.0.1:${await freePort()}`)).toMatchObject({ code: 'unreachable' });
  expect(await probe(`https://127.0.0.1:${port}`)).toMatchObject({ ok: false });
  silent.closeAllConnections();
  await new Promise<void>((resolve) => silent.close(() => resolve()));
});

it('treats a forged probe as an ordinary request', async () => {
  world = await createTunnelWorld([]);
  const url = `${world.receiver()?.url}/hookbench/probe/${'0'.repeat(32)}`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'X-Hookbench-Probe': `at=${Date.now()} body=${'0'.repeat(64)} mac=${'0'.repeat(64)}` },
  });
  expect(await response.text()).toBe('taken');
  expect(world.arrived).toHaveLength(1);
});

it('counts each probe once, and never a large one', async () => {
  const prober = createProber(systemClock, (size) => randomBytes(size), 5_000);
  const { probe } = await probeOfWorld(prober);
  const [seen, ...more] = probe;
  expect(more).toEqual([]);
  if (!seen) throw new Error('no probe came');
  // Whoever saw it pass sends it again.
  expect(prober.isProbe(seen)).toBe(false);
  expect(prober.answer(seen)).toBeNull();
  const next = await probeOfWorld(prober, (request) => {
    const length = (value: string) => ({
      ...request,
      headers: [
        ...request.headers.filter(([name]) => name.toLowerCase() !== 'content-length'),
        ['Content-Length', value],
      ] as HeaderPair[],
    });
    const large = { ...request, size: 5_000_000 };
    const verdicts = ['5000000', '', '1e3', '-1'].map((value) => prober.isProbe(length(value)));
    return [...verdicts, prober.answer(large) !== null, prober.isProbe(request), prober.isProbe(request)];
  });
  expect(next.said).toEqual([false, false, false, false, false, true, false]);
});

it('knows a probe for a minute only', async () => {
  const clock = createFakeClock();
  const prober = createProber({ ...clock, after: systemClock.after }, (size) => randomBytes(size), 5_000);
  const { said } = await probeOfWorld(prober, (request) => {
    clock.freeze(59_000);
    const signed = { ...request };
    clock.freeze(2_000);
    clock.jump(-61_000);
    return [prober.isProbe(signed), prober.answer(signed) === null];
  });
  expect(said).toEqual([false, true]);
});

/** Sends one probe to a receiver that asks `look` about it, then has it answered. */
async function probeOfWorld(prober: Prober, look: (request: CapturedRequest) => unknown = () => null) {
  const seen: CapturedRequest[] = [];
  let said: unknown = null;
  const server = createServer((raw, response) => {
    const chunks: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => chunks.push(chunk));
    raw.on('end', () => {
      const body = Buffer.concat(chunks);
      const request: CapturedRequest = {
        id: 'r1',
        seq: 1,
        receivedAt: 0,
        method: raw.method ?? '',
        target: raw.url ?? '',
        httpVersion: raw.httpVersion,
        headers: pairHeaders(raw.rawHeaders),
        trailers: [],
        remoteAddress: '127.0.0.1',
        body,
        size: body.length,
        truncated: false,
        sha256: createHash('sha256').update(body).digest('hex'),
      };
      seen.push(request);
      said = look(request);
      response.end(prober.answer(request)?.body ?? 'stored');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await prober.probe({ kind: 'ssh', addressOf: (path) => base + path, oneWay: false });
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return { probe: seen, said };
}
