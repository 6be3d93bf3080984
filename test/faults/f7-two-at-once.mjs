// F7: the port is taken, or two processes want one data folder. Nobody moves to another port in silence, the rest of the
// host works meanwhile, one process owns the folder whatever the lock file says, and the queue is never run twice.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startDriven } from './driver.mjs';
import { bodyFor, readLedger } from './ledger.mjs';
import { createRandom } from './random.mjs';
import { checkIntegrity, findDebris, readStored, told } from './stored.mjs';
import { ask, post } from './wire.mjs';

const contenders = 4;
const secret = `whsec_${Buffer.from('a secret for the fault harness only').toString('base64')}`;
/** Sends at once per target, each of which a kill may repeat. */
const concurrency = 4;

/**
 * @param {object} options
 * @param {string} options.cli Script that speaks the command line's contract.
 * @param {ReturnType<typeof import('./compositions.mjs').createCompositions> | null} options.composition Null leaves out
 *   what needs the driven host.
 * @param {boolean} options.quick
 * @param {number} [options.patienceMs] For a process that should end by itself; the self-test needs little of it.
 * @param {number} options.seed
 * @param {import('./processes.mjs').Processes} options.processes
 * @param {(text: string) => void} options.log
 */
export async function runTwoAtOnce({ cli, composition, quick, patienceMs = 8_000, seed, processes, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'hookbench-f7-'));
  /** @type {string[]} */
  const problems = [];
  const common = { cli, quick, patienceMs, seed, processes, problems };
  const port = await portTaken({ ...common, dataDir: makeDir(folder, 'port') });
  log(`F7 port taken: refused in ${port.refusedMs.join(' and ')} ms`);
  if (composition !== null)
    await restWorks({ ...common, script: await composition('driven'), dataDir: makeDir(folder, 'rest') });
  const owner = await secondProcess({ ...common, dataDir: makeDir(folder, 'owner') });
  const stale = await staleLocks({ ...common, dataDir: makeDir(folder, 'stale') });
  log(`F7 stale locks: ${stale.takenOver} taken over, ${stale.turnedAway} contenders turned away`);
  const queue = await queueRunOnce({ ...common, dataDir: makeDir(folder, 'queue'), folder });
  log(`F7 queue: ${queue.got} sends for ${queue.deliveries} deliveries`);

  const pass = problems.length === 0;
  if (pass) rmSync(folder, { recursive: true, force: true });
  return {
    fault: 'F7',
    seed,
    pass,
    problems,
    kills: stale.takenOver + 1,
    sent: queue.deliveries,
    lost: queue.lost,
    port,
    owner,
    stale,
    queue: { ...queue, lost: queue.lost.length },
    ...(pass ? {} : { keptFolder: folder }),
    summary:
      `F7 port in use, two processes: refused in ${Math.max(...port.refusedMs)} ms, ${owner.refused} second processes ` +
      `refused, ${stale.takenOver} stale locks taken over in ${stale.slowestMs} ms at most, ${stale.turnedAway} ` +
      `contenders turned away, queue of ${queue.deliveries} sent ${queue.got} times by ${queue.runners} runner`,
  };
}

/** @typedef {{ cli: string, quick: boolean, patienceMs: number, seed: number, processes: import('./processes.mjs').Processes,
 *   problems: string[], dataDir: string }} Trial */

/** Another program has the port, on either address of this machine. @param {Trial} trial */
async function portTaken({ cli, patienceMs, processes, problems, dataDir }) {
  const refusedMs = [];
  for (const host of ['127.0.0.1', '::1']) {
    const other = createServer();
    const port = await listenOn(other, host, 0);
    if (port === null) continue; // No IPv6 here.
    const startedAt = performance.now();
    const { code, errors, lines } = await runFor(
      processes,
      cli,
      ['listen', '--json', '--data-dir', dataDir, '--port', String(port)],
      patienceMs,
    );
    refusedMs.push(Math.round(performance.now() - startedAt));
    if (code !== 3) problems.push(`the port is taken on ${host}: exit ${code}, not 3`);
    if (!errors.includes(`Port ${port} on ${host}`)) problems.push(`the message does not name port ${port}: ${errors}`);
    if (!/another port|free one/.test(errors)) problems.push(`the message offers no other port: ${errors}`);
    if (lines.some((line) => line.type === 'ready')) problems.push('it listens all the same, on another port');
    if (!lines.some((line) => line.type === 'error' && line.code === 'RECEIVER_PORT_IN_USE'))
      problems.push('no error line says RECEIVER_PORT_IN_USE');
    other.close();
  }
  return { refusedMs };
}

/**
 * While the port is taken the rest of the host works; the port becomes free and is taken on request.
 * @param {Trial & { script: string }} trial
 */
async function restWorks({ script, processes, problems, dataDir }) {
  const other = createServer();
  const port = (await listenOn(other, '127.0.0.1', 0)) ?? 0;
  const host = await startDriven(processes, script, { dataDir, port });
  const { receiver } = host.ready;
  if (receiver.status !== 'failed' || receiver.port !== port)
    problems.push(`the receiver is ${receiver.status} on ${receiver.port}, not failed on ${port}`);
  if (receiver.error?.code !== 'RECEIVER_PORT_IN_USE') problems.push(`the receiver says ${receiver.error?.code}`);

  const target = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'));
  });
  const targetPort = await listenOn(target, '127.0.0.1', 0);
  const delivered = host.child.line((line) => line.type === 'delivery' && line.delivery.state === 'delivered', 10_000);
  const calls = await Promise.all([
    host.call('settings.save', { duplicateWindowHours: 7 }),
    host.call('requests.list', { limit: 10 }),
    host.call('state.get'),
    host.call('compose.send', {
      method: 'POST',
      urls: [`http://127.0.0.1:${targetPort}/in`],
      targetIds: [],
      provider: 'standard-webhooks',
      event: 'order.created',
      headers: [],
      body: { base64: Buffer.from('{}').toString('base64') },
      variables: false,
      secret: null,
      signature: 'none',
      schedule: 'quick',
      speed: 1,
    }),
  ]);
  for (const answer of calls)
    if (!answer.ok) problems.push(`with the port taken a command fails: ${answer.error.message}`);
  await delivered.catch(() => problems.push('with the port taken nothing is sent'));

  const early = await host.call('receiver.restart', { port });
  const still = await host.call('state.get');
  if (early.ok && still.ok && still.value.receiver.status === 'listening')
    problems.push('it listens on a port that another program has');
  await new Promise((resolve) => other.close(resolve));
  await host.call('receiver.restart', { port });
  const state = await host.call('state.get');
  const now = state.ok ? state.value.receiver : null;
  if (now?.status !== 'listening' || now.port !== port)
    problems.push(`with the port free again the receiver is ${now?.status} on ${now?.port}`);
  const { reply } = await ask(port, post('/again', '{}'));
  if (reply?.status !== 200) problems.push(`with the port free again a request got ${reply?.status}`);
  target.close();
  await host.child.stop('SIGTERM');
}

/** A second process on a folder that has an owner. @param {Trial} trial */
async function secondProcess({ cli, patienceMs, processes, problems, dataDir }) {
  const listen = ['listen', '--json', '--data-dir', dataDir, '--port', '0'];
  const owner = processes.start(cli, listen);
  const { port } = await owner.line((line) => line.type === 'ready', 15_000);
  await ask(port, post('/one', '{}', { 'X-Fault-Id': 'one' }));
  // What would need the folder for itself; the rest is handed to the owner.
  const writers = [
    [...listen, '--respond', '500'],
    ['run-queue', '--json', '--data-dir', dataDir],
  ];
  let refused = 0;
  for (const args of writers) {
    const { code, errors } = await runFor(processes, cli, args, patienceMs);
    if (code === 3 && errors.includes(String(owner.pid))) refused += 1;
    else problems.push(`beside an owner "${args[0]}" ended with ${code}: ${errors.slice(0, 300)}`);
  }
  const follower = processes.start(cli, listen);
  const followed = await follower.line((line) => line.type === 'ready', 15_000);
  if (followed.attached !== true || followed.port !== port)
    problems.push('a second listen does not follow the first one');
  await follower.stop('SIGTERM');
  const send = ['send', '--to', 'http://127.0.0.1:9/', '--body', import.meta.filename, '--data-dir', dataDir];
  const handedOver = await runFor(processes, cli, [...send, '--enqueue-only', '--json'], patienceMs);
  if (handedOver.code !== 0)
    problems.push(`beside an owner "send" ended with ${handedOver.code}: ${handedOver.errors}`);
  const stored = await readStored(processes, cli, dataDir, problems);
  if (!stored.some(({ id }) => id === 'one')) problems.push('reading beside an owner does not show what is stored');
  const { reply } = await ask(port, post('/two', '{}'));
  if (reply?.status !== 200) problems.push(`the owner answered ${reply?.status} after the others tried`);
  await owner.stop('SIGTERM');
  const { code } = await owner.ended;
  if (code !== 0) problems.push(`the owner ended with ${code}`);
  return { refused };
}

/** A killed owner, and locks that mean nothing, under several contenders at once. @param {Trial} trial */
async function staleLocks({ cli, quick, seed, processes, problems, dataDir }) {
  const listen = ['listen', '--json', '--data-dir', dataDir, '--port', '0'];
  const random = createRandom(seed, 'F7');
  const first = processes.start(cli, listen);
  await first.line((line) => line.type === 'ready', 15_000);
  await first.stop('SIGKILL');
  const lockFile = join(dataDir, 'lock');
  const left = existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : '';
  if (left === '') problems.push('the owner of a folder left no lock behind');
  const locks = {
    'of a killed owner': left,
    // The id of a killed owner was given to another program, here this harness.
    'of a process id in other hands': `${JSON.stringify({ pid: process.pid, start: 'long ago:1' })}\n`,
    empty: '',
    'of zeros': '\0'.repeat(64),
    cut: left.slice(0, 9),
    'of random bytes': Buffer.from(Array.from({ length: 64 }, () => random.below(256))),
  };
  let takenOver = 0;
  let turnedAway = 0;
  let slowestMs = 0;
  for (const [name, text] of Object.entries(locks).slice(0, quick ? 4 : undefined)) {
    writeFileSync(lockFile, text);
    const startedAt = performance.now();
    const started = Array.from({ length: contenders }, () => processes.start(cli, listen));
    const outcomes = await Promise.all(
      started.map((child) => child.line((line) => line.type === 'ready', 10_000).catch(() => null)),
    );
    const owners = started.filter((_child, index) => outcomes[index] !== null && outcomes[index]?.attached !== true);
    const followers = started.filter((_child, index) => outcomes[index]?.attached === true);
    turnedAway += followers.length;
    slowestMs = Math.max(slowestMs, Math.round(performance.now() - startedAt));
    if (owners.length === 1) takenOver += 1;
    else problems.push(`a lock ${name}: ${owners.length} of ${contenders} contenders own the folder`);
    for (const child of started) {
      if (owners.includes(child) || followers.includes(child)) continue;
      const { code } = await endWithin(child, 5_000);
      if (code === 3 && /in use by process \d+/.test(child.errors())) turnedAway += 1;
      else problems.push(`a lock ${name}: a contender ended with ${code}: ${child.errors().slice(0, 300)}`);
    }
    for (const child of [...followers, ...owners]) await child.stop('SIGKILL');
  }
  problems.push(
    ...told(findDebris(dataDir), 'crash or quarantine files after contending'),
    ...told(await checkIntegrity(processes, join(dataDir, 'history.sqlite')), 'from the integrity check'),
  );
  return { takenOver, turnedAway, slowestMs };
}

/** Several runners on one queue whose runner was killed. @param {Trial & { folder: string }} trial */
async function queueRunOnce({ cli, quick, seed, processes, problems, dataDir, folder }) {
  const deliveries = quick ? 40 : 200;
  const ledgerFile = join(folder, 'targets.jsonl');
  const targets = processes.start(join(import.meta.dirname, 'targets.mjs'), [ledgerFile, secret, String(seed), '20']);
  const ports = await targets.line((line) => line.type === 'ready', 10_000);
  const batch = join(folder, 'batch.jsonl');
  const ids = Array.from({ length: deliveries }, (_, n) => `msg_f7_${seed}_${n}`);
  writeFileSync(
    batch,
    ids.map((id) => `${JSON.stringify({ id, bodyBase64: bodyFor(id, 256).toString('base64') })}\n`).join(''),
  );
  const to = ['--to', `http://127.0.0.1:${ports.good}/in`, '--provider', 'standard-webhooks', '--secret', secret];
  const enqueued = await processes.run(
    cli,
    ['send', '--json', '--data-dir', dataDir, ...to, '--batch', batch, '--speed', '10', '--enqueue-only'],
    { timeoutMs: 15_000 },
  );
  if (enqueued.code !== 0) problems.push(`enqueuing ended with ${enqueued.code}: ${enqueued.errors.slice(-300)}`);

  const run = ['run-queue', '--until-empty', '--json', '--data-dir', dataDir];
  const killed = processes.start(cli, run);
  await killed.line((line) => line.type === 'attempt', 10_000).catch(() => problems.push('the queue sends nothing'));
  await killed.stop('SIGKILL');
  let attempts = 0;
  /** @type {Set<number>} */
  const runners = new Set();
  const started = Array.from({ length: contenders }, (_, index) =>
    processes.start(cli, run, {
      onLine: (line) => {
        if (line.type !== 'attempt') return;
        attempts += 1;
        runners.add(index);
      },
    }),
  );
  const codes = await Promise.all(started.map(async (child) => (await endWithin(child, 30_000)).code));
  targets.closeInput();
  await targets.ended;
  /** @type {Map<string, number>} */
  const got = new Map(ids.map((id) => [id, 0]));
  await readLedger(ledgerFile, (entry) => got.set(entry.id, (got.get(entry.id) ?? 0) + 1));
  const lost = ids.filter((id) => got.get(id) === 0);
  const total = [...got.values()].reduce((sum, count) => sum + count, 0);
  problems.push(...told(lost, 'confirmed but never sent'));
  if (total - deliveries > concurrency)
    problems.push(`${total - deliveries} sends too many, over the ${concurrency} that the kill explains`);
  if (runners.size > 1) problems.push(`${runners.size} processes ran one queue`);
  // A late one may find the folder free again, and the queue empty.
  const odd = codes.filter((code) => code !== 0 && code !== 3);
  if (!codes.includes(0)) problems.push(`no runner finished the queue: exits ${codes.join()}`);
  if (odd.length > 0) problems.push(`runners ended with ${codes.join()}`);
  return {
    deliveries,
    got: total,
    attempts,
    runners: runners.size,
    refused: codes.filter((c) => c === 3).length,
    lost,
  };
}

/** @param {string} folder @param {string} name */
function makeDir(folder, name) {
  const dir = join(folder, name);
  mkdirSync(dir, { mode: 0o700 });
  return dir;
}

/**
 * The port, or null where this machine has no such address.
 * @param {import('node:net').Server} server
 * @param {string} host
 * @param {number} port
 */
async function listenOn(server, host, port) {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
    return /** @type {import('node:net').AddressInfo} */ (server.address()).port;
  } catch {
    return null;
  }
}

/**
 * Runs a command that should end by itself, and ends it when it does not.
 * @param {import('./processes.mjs').Processes} processes
 * @param {string} cli
 * @param {readonly string[]} args
 * @param {number} ms
 */
async function runFor(processes, cli, args, ms) {
  /** @type {any[]} */
  const lines = [];
  const child = processes.start(cli, args, { onLine: (line) => lines.push(line) });
  child.closeInput();
  return { ...(await endWithin(child, ms)), lines };
}

/** @param {import('./processes.mjs').Child} child @param {number} ms */
async function endWithin(child, ms) {
  await Promise.race([child.ended, wait(ms, undefined, { ref: false })]);
  const isLate = child.isAlive();
  await child.stop('SIGKILL');
  const { code } = await child.ended;
  return { code: isLate ? 'none, it went on' : code, errors: child.errors() };
}
