// `pull` against loopback servers that replay the providers' documented shapes: what was missed, what is put into the
// history, what is sent on, and where a later look goes on.

import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { headerValue } from '../../../src/shared/headers.ts';
import { createCli } from '../../support/cli.ts';
import type { Cli, CliResult } from '../../support/cli.ts';
import { startTarget } from '../../support/target-server.ts';
import type { TargetServer } from '../../support/target-server.ts';
import { genericReply, githubGuid, githubPayload, githubReply, sinceAt, stripeId, stripeReply, timeOf } from '../reconcile/recorded.ts'; // prettier-ignore
import { canary, startApi } from '../reconcile/replay-api.ts';
import type { ReplayApi } from '../reconcile/replay-api.ts';
import { startLongRun } from './long-run.ts';

const since = new Date(sinceAt).toISOString();

let cli: Cli;
let target: TargetServer;
let apis: ReplayApi[];
beforeEach(async () => {
  cli = await createCli({ TEST_TOKEN: canary });
  target = await startTarget();
  apis = [];
});
afterEach(async () => {
  await cli.dispose();
  await Promise.all([target.close(), ...apis.map((api) => api.close())]);
});

async function api(reply: Parameters<typeof startApi>[0]): Promise<ReplayApi> {
  const started = await startApi(reply);
  apis.push(started);
  return started;
}

const events = ({ lines }: CliResult) => lines.filter(({ type }) => type === 'event');
const statesOf = (result: CliResult) => events(result).map(({ id, state }) => [id, state]);

async function githubArgs(url: string): Promise<string[]> {
  const config = await cli.file('github.json', '{"owner":"octo-org","repo":"hello-world","hookId":12345678}');
  return ['pull', '--provider', 'github', '--config', config, '--base-url', url, '--token-env', 'TEST_TOKEN', '--json'];
}

/** Lets GitHub's events 1 and 4 arrive. */
async function receiveSome(): Promise<void> {
  const listening = await cli.listen();
  for (const n of [1, 4]) {
    const headers = { 'X-GitHub-Delivery': githubGuid(n), 'X-GitHub-Event': 'issues', 'Content-Type': 'application/json', 'X-Hub-Signature-256': `sha256=${'0'.repeat(64)}` }; // prettier-ignore
    expect((await fetch(listening.url, { method: 'POST', body: githubPayload(n), headers })).status).toBe(200);
  }
  expect(await listening.stop()).toBe(0);
}

test('@sending 6 exactly the missed ones are found over three pages and put into the history; again adds nothing', async () => {
  await receiveSome();
  const github = await api(githubReply);
  const args = await githubArgs(github.url);
  const first = await cli.run(...args, '--since', since);
  expect(statesOf(first)).toEqual([
    [githubGuid(1), 'arrived'],
    [githubGuid(2), 'missed'],
    [githubGuid(3), 'missed'],
    [githubGuid(4), 'arrived'],
    [githubGuid(5), 'failed'],
    [githubGuid(6), 'missed'],
  ]);
  expect(events(first)[1]).toMatchObject({ event: 'issues.opened', at: timeOf(2), requestId: expect.stringMatching(/^req_/) }); // prettier-ignore
  expect(first.lines.at(-1)).toMatchObject({ type: 'summary', arrived: 2, missed: 3, failed: 1, recorded: 4, pages: 3, ended: 'complete' }); // prettier-ignore
  expect(first.code).toBe(1);

  const stored = await cli.run('requests', '--json', '--limit', '0');
  expect(stored.lines).toHaveLength(6);
  const pulled = stored.lines.find(({ deliveryId }) => deliveryId === githubGuid(2));
  expect(pulled).toMatchObject({ id: events(first)[1]?.['requestId'], provider: 'github', event: 'issues.opened' });

  const second = await cli.run(...args, '--since', since);
  expect([second.code, second.lines.at(-1)]).toEqual([0, expect.objectContaining({ arrived: 6, pulled: 4, missed: 0, failed: 0, recorded: 0 })]); // prettier-ignore
  // What an earlier look fetched is told apart from what arrived.
  expect(events(second).map(({ state, pulled }) => [state, pulled])).toEqual([
    ['arrived', undefined],
    ['arrived', true],
    ['arrived', true],
    ['arrived', undefined],
    ['arrived', true],
    ['arrived', true],
  ]);
  expect(events(first).filter((line) => 'pulled' in line)).toEqual([]);
  const words = await cli.run(...args.filter((arg) => arg !== '--json'), '--since', since);
  expect(words.stdout).toMatch(/^2 arrived, 4 pulled earlier, 0 missed, 0 failed at the provider/m);
  expect(words.stdout.match(/ {2}pulled earlier {2}/g)).toHaveLength(4);
  expect((await cli.run('requests', '--json', '--query', 'pulled:true')).lines).toHaveLength(4);
  expect((await cli.run('requests', '--json', '--limit', '0')).lines).toHaveLength(6);

  // The token is in no file of the data folder, and was never printed.
  for (const name of await readdir(cli.dataDir)) expect(await readFile(join(cli.dataDir, name), 'latin1'), name).not.toContain(canary); // prettier-ignore
  expect(first.stdout + first.stderr + second.stdout + second.stderr).not.toContain(canary);
});

test('@sending 6 `--since last` goes on where the last look ended, and says when there was none', async () => {
  const stripe = await api(stripeReply);
  const args = ['pull', '--provider', 'stripe', '--base-url', stripe.url, '--token-env', 'TEST_TOKEN', '--json'];
  const first = await cli.run(...args, '--since', since);
  expect([first.code, first.lines.at(-1)]).toEqual([1, expect.objectContaining({ missed: 5, failed: 1, recorded: 6 })]);
  const next = await cli.run(...args, '--since', 'last');
  expect(next.stderr).not.toContain('--since last');
  expect(next.code).toBe(0);
  const asked = Number(stripe.asked.at(-1)?.query.get('created[gte]'));
  expect(asked).toBeGreaterThan(timeOf(2) / 1_000);
  expect(asked).toBeLessThanOrEqual(timeOf(1) / 1_000);

  const none = await api(() => ({ body: '{"object":"list","data":[],"has_more":false}' }));
  const other = await cli.run(...args, '--since', 'last', '--base-url', none.url);
  expect([other.code, other.stderr]).toEqual([0, expect.stringContaining('three days back')]);
});

test('@sending 6 a described API is pulled too, and missed events are sent on, oldest first and signed anew', async () => {
  const generic = await api(genericReply);
  const config = await cli.file(
    'generic.json',
    JSON.stringify({
      url: `${generic.url}/api/log?tenant=7`,
      itemsPath: 'log.items',
      idPath: 'key',
      timePath: 'when',
      timeUnit: 'seconds',
      eventPath: 'kind',
      bodyPath: 'sent',
      failedPath: 'ok.code',
      page: { kind: 'cursor', path: 'meta.next', param: 'cursor' },
    }),
  );
  const args = ['pull', '--provider', 'generic', '--config', config, '--since', since, '--json'];
  const forward = ['--forward', '--to', `${target.url}/hook`, '--secret', 'test-not-a-secret', '--wait'];
  const result = await cli.run(...args, ...forward);
  expect(result.code).toBe(1);
  expect(result.lines.find(({ type }) => type === 'summary')).toMatchObject({ missed: 5, failed: 1 });
  expect(target.received.map((request) => request.body.toString())).toEqual([6, 5, 4, 3, 2, 1].map((n) => `{"n": ${n}, "x": 1.0}`)); // prettier-ignore
  expect(headerValue(target.received[0]?.headers ?? [], 'X-Webhook-Signature')).toMatch(/^[0-9a-f]{64}$/);
  expect(headerValue(target.received[0]?.headers ?? [], 'X-Webhook-Delivery')).toBe('600');
  const delivered = result.lines.filter(({ type, state }) => type === 'delivery' && state === 'delivered');
  expect(delivered.map(({ replayOf }) => replayOf)).toEqual(events(result).map(({ requestId }) => requestId).toReversed()); // prettier-ignore
});

test('@sending 6 `--every` looks again and again until it is told to stop', async () => {
  const github = await api(githubReply);
  const args = await githubArgs(github.url);
  const running = startLongRun(cli.dataDir, [...args.filter((arg) => arg !== '--json'), '--since', since, '--every', '1s'], { TEST_TOKEN: canary }); // prettier-ignore
  await running.until(2, ({ type }) => type === 'summary');
  expect(await running.stop()).toBe(0);
  const summaries = running.lines.filter(({ type }) => type === 'summary');
  expect(summaries[0]).toMatchObject({ missed: 5, failed: 1, recorded: 6, nextAt: expect.any(Number) });
  expect(summaries[1]).toMatchObject({ missed: 0, failed: 0, recorded: 0 });
  expect((await cli.run('requests', '--json', '--limit', '0')).lines).toHaveLength(6);
});

test('@sending 6 a rate limit is waited for; a token that is refused is exit 2, a broken API exit 3, and the rest is kept', async () => {
  const github = await api(githubReply);
  const args = [...(await githubArgs(github.url)), '--since', since];
  github.troubles.push({ status: 429, headers: [['Retry-After', '1']], body: '{}' });
  const waited = await cli.run(...args);
  expect([waited.code, waited.lines.at(-1)]).toEqual([1, expect.objectContaining({ recorded: 6, ended: 'complete' })]);

  github.troubles.push({ status: 401, body: '{}' });
  const refused = await cli.run(...args);
  expect([refused.code, refused.lines.at(-1)]).toEqual([2, expect.objectContaining({ type: 'error', code: 'PULL_TOKEN' })]); // prettier-ignore
  expect(refused.lines.find(({ type }) => type === 'summary')).toMatchObject({ ended: 'failed', recorded: 0 });

  github.troubles.push({ status: 403, headers: [['Retry-After', '600']], body: '{}' });
  const limited = await cli.run(...args);
  expect([limited.code, limited.stderr]).toEqual([3, expect.stringContaining('--since last')]);
  expect(limited.lines.at(-1)).toMatchObject({ type: 'summary', ended: 'rate-limited' });

  await github.close();
  const gone = await cli.run(...args);
  expect([gone.code, gone.lines.at(-1)]).toEqual([3, expect.objectContaining({ code: 'PULL_UNREACHABLE' })]);
});

/** A stored pull of Stripe's events, as the app writes it, and its token in the file of secrets. */
async function storePull(
  url: string,
  changes: Record<string, unknown> = {},
  secret: object | null = {},
): Promise<void> {
  const stored = { id: 'shop-events', name: 'Shop events', provider: 'stripe', config: {}, tokenName: 'read token' };
  const setup = { ...stored, baseUrl: url, endpointId: 'default', everyMinutes: 5, ...changes };
  await cli.document('workspace.json', { endpoints: [], targets: [], pulls: [setup] });
  const own = { name: 'read token', provider: null, oneOff: false, storage: 'file', value: canary };
  await cli.document('secrets.json', { secrets: secret === null ? [] : [{ ...own, ...secret }] });
}

test.each(['Shop events', 'shop-events'])(
  '@sending 6 a stored pull is asked for by %j, with its token',
  async (name) => {
    const stripe = await api(stripeReply);
    await storePull(stripe.url);
    const first = await cli.run('pull', name, '--since', since, '--json');
    expect([first.code, first.lines.at(-1)]).toEqual([
      1,
      expect.objectContaining({ missed: 5, failed: 1, recorded: 6 }),
    ]);
    // Without --since it goes on where it ended, and so does the app: the place belongs to the stored pull.
    const next = await cli.run('pull', name, '--json');
    expect([next.code, next.stderr]).toEqual([0, '']);
    expect(Number(stripe.asked.at(-1)?.query.get('created[gte]'))).toBeGreaterThan(timeOf(2) / 1_000);
    const state = await readFile(join(cli.dataDir, 'pulls.json'), 'utf8');
    expect(state).toContain('"shop-events"');
    expect(first.stdout + first.stderr + next.stdout + next.stderr + state).not.toContain(canary);
  },
);

test('@sending 6 a stored pull without its token in reach says how to give it, and takes one for a run', async () => {
  const stripe = await api(stripeReply);
  await storePull(stripe.url, {}, null);
  const gone = await cli.run('pull', 'Shop events', '--json');
  expect([gone.code, gone.lines]).toEqual([3, [expect.objectContaining({ code: 'SECRET_UNAVAILABLE' })]]);
  expect(gone.stderr).toMatch(
    /The token "read token" of the pull "Shop events" is not in this data folder.*--token-env/,
  );

  await storePull(
    stripe.url,
    {},
    { storage: 'keyring', value: undefined, backend: 'kwallet6', sealed: 'bm90IHJlYWw=' },
  );
  const sealed = await cli.run('pull', 'Shop events', '--json');
  expect([sealed.code, sealed.lines]).toEqual([3, [expect.objectContaining({ code: 'SECRET_SEALED' })]]);
  expect(sealed.stderr).toMatch(/sealed by the app's keyring.*--token-env NAME or --token-file FILE.*Start the app/s);
  expect(stripe.asked).toEqual([]);

  const given = await cli.run('pull', 'Shop events', '--since', since, '--token-env', 'TEST_TOKEN', '--json');
  expect([given.code, given.lines.at(-1)]).toEqual([1, expect.objectContaining({ recorded: 6 })]);
  for (const file of await readdir(cli.dataDir)) expect(await readFile(join(cli.dataDir, file), 'latin1'), file).not.toContain(canary); // prettier-ignore

  await storePull(stripe.url, { tokenName: null });
  const none = await cli.run('pull', 'Shop events');
  expect([none.code, none.stderr]).toEqual([2, expect.stringMatching(/"Shop events" has no token\. Give it for this run with/)]); // prettier-ignore
});

test('@sending 6 stored pulls are listed, also beside a running owner', async () => {
  expect(await cli.run('pull', '--list', '--json')).toMatchObject({ code: 0, lines: [] });
  await storePull('https://api.example.test');
  const listening = await cli.listen();
  const listed = await cli.run('pull', '--list', '--json');
  expect(await listening.stop()).toBe(0);
  expect([listed.code, listed.lines]).toEqual([
    0,
    [expect.objectContaining({ type: 'pull', id: 'shop-events', provider: 'stripe', tokenName: 'read token', everyMinutes: 5 })],
  ]); // prettier-ignore
  expect((await cli.run('pull', '--list')).stdout).toBe(
    'Shop events  stripe  every 5 min  endpoint default  token read token  https://api.example.test\n',
  );
});

test.each([
  [['nobody'], /NAME: there is no pull "nobody": there are "Shop events"/],
  [['Shop events', '--provider', 'stripe'], /--provider: goes without NAME/],
  [['Shop events', '--config', 'x.json'], /--config: goes without NAME/],
  [['Shop events', '--base-url', 'http://127.0.0.1:9'], /--base-url: goes without NAME/],
  [['Shop events', '--endpoint', 'default'], /--endpoint: goes without NAME/],
  [['Shop events', '--since', 'yesterday'], /--since: "yesterday" is not/],
  [['Shop events', '--list'], /--list: goes without NAME/],
])('what is wrong with a stored pull %j is told with its cure', async (args, message) => {
  await storePull('http://127.0.0.1:9');
  const result = await cli.run('pull', ...args);
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(2);
});

test('an id tells which is meant: events of one endpoint are not those of another', async () => {
  const stripe = await api(stripeReply);
  const endpoint = {
    id: 'in-stripe',
    name: 'Stripe',
    path: '/in/stripe',
    provider: 'stripe',
    secretNames: [],
    toleranceSeconds: null,
    reply: { status: 200, headers: [], body: '' },
  };
  await cli.document('workspace.json', { endpoints: [endpoint], targets: [] });
  const listening = await cli.listen();
  const headers = { 'Content-Type': 'application/json', 'Stripe-Signature': 't=1,v1=00' };
  const body = JSON.stringify({ id: stripeId(1), object: 'event', type: 'invoice.paid' });
  await fetch(`${listening.url}/in/stripe`, { method: 'POST', body, headers });
  await listening.stop();
  const args = ['pull', '--provider', 'stripe', '--base-url', stripe.url, '--token-env', 'TEST_TOKEN', '--since', since, '--json']; // prettier-ignore
  const result = await cli.run(...args);
  expect(result.lines.at(-1)).toMatchObject({ arrived: 1, missed: 4, failed: 1 });
  const wrong = await cli.run(...args, '--endpoint', 'nowhere');
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('there are "Stripe", "default"')]);
});

const github = ['--provider', 'github', '--since', 'last'];
test.each([
  [[], /--provider is needed, or the NAME of a stored pull; see them with --list/],
  [['--provider', 'stripe', '--token-env', 'TEST_TOKEN'], /--since is needed/],
  [['--provider', 'nobody', '--since', 'last'], /--provider: nothing can be pulled from "nobody"; take one of github/],
  [
    ['--provider', 'stripe', '--since', 'yesterday', '--token-env', 'TEST_TOKEN'],
    /--since: "yesterday" is not an ISO date/,
  ],
  [github, /--config: owner: is missing/],
  [['--provider', 'stripe', '--since', 'last'], /--token-env \(or --token-file\) is needed: /],
  [
    ['--provider', 'stripe', '--since', 'last', '--token-env', 'TEST_NOTHING'],
    /--token-env: the environment has no TEST_NOTHING/,
  ],
  [['--provider', 'stripe', '--since', 'last', '--token', 'x'], /unknown option '--token'/],
  [
    ['--provider', 'stripe', '--since', 'last', '--token-env', 'TEST_TOKEN', '--every', '5'],
    /--every must be a time such as/,
  ],
  [
    ['--provider', 'stripe', '--since', 'last', '--token-env', 'TEST_TOKEN', '--forward'],
    /--to with an address is needed/,
  ],
  [
    ['--provider', 'stripe', '--since', 'last', '--token-env', 'TEST_TOKEN', '--to', 'http://x'],
    /--to: goes with --forward/,
  ],
  [
    ['--provider', 'stripe', '--since', 'last', '--token-env', 'TEST_TOKEN', '--base-url', 'http://example.com'],
    /base.* must start with https/i,
  ],
])('what is wrong with pull %j is told with its cure', async (args, message) => {
  const result = await cli.run('pull', ...args);
  expect(result.stderr).toMatch(message);
  expect(result.code).toBe(2);
});

test('a page that answers something else is named, and nothing is lost', async () => {
  const server = createServer((_request, response) => response.end('<html>'));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const args = [
    '--provider',
    'stripe',
    '--since',
    since,
    '--token-env',
    'TEST_TOKEN',
    '--base-url',
    `http://127.0.0.1:${port}`,
  ];
  const result = await cli.run('pull', ...args, '--json');
  expect([result.code, result.lines.at(-1)]).toEqual([3, expect.objectContaining({ code: 'PULL_BROKEN' })]);
  await new Promise((done) => server.close(done));
});
