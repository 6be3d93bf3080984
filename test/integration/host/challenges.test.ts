// Every recorded handshake through the real receiver: posted as the provider posts it, answered as the provider expects.

import { afterEach, expect, test } from 'vitest';
import { systemClock } from '../../../src/main/system.ts';
import { headerValue } from '../../../src/shared/headers.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';
import { connectRaw } from '../../support/raw-socket.ts';
import { allVectors } from '../../support/vectors.ts';
import type { Vector } from '../../support/vectors.ts';

const challenges = allVectors.filter(({ kind }) => kind === 'challenge');
let tested: TestHost | null = null;
afterEach(async () => {
  await tested?.stop();
  tested = null;
});

/** A host whose clock shows the time at which the vector was made, with its provider and secrets at `/in`. */
async function start(vector: Vector): Promise<TestHost> {
  const lag = systemClock.now() - Date.parse(vector.now);
  return startTestHost({
    clock: { ...systemClock, now: () => systemClock.now() - lag },
    runEndpoint: { provider: vector.provider, secrets: vector.secrets },
  });
}

function requestOf(vector: Vector): Buffer {
  const { pathname, search, host } = new URL(vector.url);
  const body = Buffer.from(vector.bodyBase64, 'base64');
  const own = vector.headers.filter(([name]) => !['host', 'content-length'].includes(name.toLowerCase()));
  const lines = own.map(([name, value]) => `${name}: ${value}`);
  const head = [
    `${vector.method} ${pathname}${search} HTTP/1.1`,
    `Host: ${host}`,
    ...lines,
    `Content-Length: ${body.length}`,
  ];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

test('there are recorded handshakes of thirteen providers', () => {
  expect(new Set(challenges.map(({ provider }) => provider)).size).toBe(13);
});

test.each(challenges)('$id is answered over a real connection', async (vector) => {
  tested = await start(vector);
  const state = tested.host.receiver();
  const port = state.status === 'listening' ? state.port : 0;
  const client = connectRaw(port, { headReplies: vector.method === 'HEAD' });
  client.write(requestOf(vector));
  await client.until(() => client.replies().length === 1);
  const reply = client.replies()[0];
  await client.close();
  const wanted = vector.expectedResponse;
  expect(reply?.status).toBe(wanted?.status);
  const headers = reply?.headers ?? [];
  if (wanted?.contentType !== undefined) {
    expect(headerValue(headers, 'content-type')?.split(';')[0]).toBe(wanted.contentType);
  }
  for (const [name, value] of wanted?.headers ?? []) expect(headerValue(headers, name)).toBe(value);
  if (wanted?.body !== undefined) expect(reply?.body.toString()).toBe(wanted.body);
  if (wanted?.bodyJson !== undefined) expect(JSON.parse(reply?.body.toString() ?? '')).toEqual(wanted.bodyJson);
  const { rows } = tested.host.parts.history.list({ query: '', limit: 1, now: systemClock.now() });
  expect(rows[0]?.reply).toMatchObject({ challenge: vector.expected === 'challenge', by: 'handshake' });
});

test('a handshake goes before the rules of its endpoint, and is not forwarded', async () => {
  const vector = challenges.find(({ provider }) => provider === 'dropbox');
  if (!vector) throw new Error('there is no vector of Dropbox');
  tested = await start(vector);
  const { host } = tested;
  await host.handlers['endpoints.save']({
    ...defaultEndpoint,
    id: 'files',
    name: 'Files',
    path: '/files',
    provider: 'dropbox',
    rules: [{ id: 'all', name: 'All', active: true, when: [], reply: { ...defaultEndpoint.reply, status: 500 } }],
    forwards: [
      {
        ...{ id: 'app', url: 'http://127.0.0.1:9', mode: 'answer', active: true, appendPath: false, keepHost: false },
        ...{ events: ['*'], verdicts: [], duplicates: [], timeoutMs: 1_000, schedule: 'quick' },
      },
    ],
  });
  const shaken = await fetch(`${tested.url()}/files?challenge=abc`);
  expect([shaken.status, await shaken.text()]).toEqual([200, 'abc']);
  const event = await fetch(`${tested.url()}/files`, { method: 'POST', body: '{}' });
  expect(event.status).toBe(500);
  const { rows } = host.parts.history.list({ query: '', limit: 2, now: systemClock.now() });
  expect(rows.map(({ reply }) => reply.by)).toEqual(['rule', 'handshake']);
  expect(host.parts.history.forwardsOf(rows[1]?.id ?? '')).toEqual([]);
});

const further = [
  {
    // Bitbucket Data Center, “Test connection”.
    provider: 'bitbucket',
    headers: { 'X-Event-Key': 'diagnostics:ping', 'Content-Type': 'application/json' },
    body: '{"test":true}',
  },
  {
    provider: 'figma',
    headers: { 'Content-Type': 'application/json' },
    body: '{"event_type":"PING","passcode":"public-figma-passcode","timestamp":"2026-03-14T09:26:53Z","webhook_id":"22"}',
    secret: 'public-figma-passcode',
  },
  {
    provider: 'intercom',
    headers: { 'Content-Type': 'application/json' },
    body: '{"type":"notification_event","topic":"ping","app_id":"abc","data":{"item":{"type":"ping","message":"something something interzen"}}}',
  },
  {
    provider: 'notion',
    headers: { 'Content-Type': 'application/json' },
    body: '{"verification_token":"secret_not_real_0000000000000000000000000000"}',
  },
] as const;

test.each(further)('$provider: the documented request gets 200', async ({ provider, headers, body, ...rest }) => {
  const secrets = 'secret' in rest ? [{ name: 'secret', value: rest.secret }] : [];
  tested = await startTestHost({ runEndpoint: { provider, secrets } });
  const reply = await fetch(`${tested.url()}/in`, { method: 'POST', headers, body });
  expect([reply.status, await reply.text()]).toEqual([200, '']);
  const { rows } = tested.host.parts.history.list({ query: '', limit: 1, now: systemClock.now() });
  expect(rows[0]?.reply).toMatchObject({ challenge: true, by: 'handshake' });
});

test('the token that Notion sends is kept on request', async () => {
  tested = await startTestHost();
  const { host } = tested;
  await host.handlers['endpoints.save']({ ...defaultEndpoint, id: 'notes', path: '/notes', provider: 'notion' });
  const token = 'secret_not_real_0000000000000000000000000000';
  const body = JSON.stringify({ verification_token: token });
  await fetch(`${tested.url()}/notes`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
  const { rows } = host.parts.history.list({ query: '', limit: 1, now: systemClock.now() });
  const id = rows[0]?.id ?? '';
  expect((await host.handlers['requests.get']({ id })).bringsSecret).toBe(true);
  const { secretName } = await host.handlers['requests.keepSecret']({ id });
  expect(host.parts.secretValue(secretName)?.value).toBe(token);
});
