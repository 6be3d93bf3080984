// What a handshake leaves to the person: an address that is fetched on a click only, and a secret to keep.

import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHandshakeHandlers } from '../../../src/main/host-handshake.ts';
import { AppError } from '../../../src/shared/errors.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';
import { createTestAuthority } from '../../support/test-certificates.ts';
import { allVectors, vectors } from '../../support/vectors.ts';

let tested: TestHost;
beforeEach(async () => {
  tested = await startTestHost();
});
afterEach(() => tested.stop());

async function post(path: string, headers: Readonly<Record<string, string>>, body: string): Promise<Response> {
  return fetch(`${tested.url()}${path}`, { method: 'POST', headers, body });
}

const newest = (): string => tested.host.parts.history.list({ query: '', limit: 1, now: Date.now() }).rows[0]?.id ?? '';

test('the secret that Asana sends in its handshake is kept on request and judges what follows', async () => {
  const { handlers } = tested.host;
  await handlers['endpoints.save']({
    ...defaultEndpoint,
    id: 'tasks',
    name: 'Tasks',
    path: '/in/asana',
    provider: 'asana',
  });
  const hookSecret = 'asana-secret-that-is-not-real';
  const shaken = await post('/in/asana', { 'X-Hook-Secret': hookSecret }, '');
  expect(shaken.headers.get('x-hook-secret')).toBe(hookSecret);
  // A double click: one secret all the same.
  const keep = () => handlers['requests.keepSecret']({ id: newest() });
  const [{ secretName }] = await Promise.all([keep(), keep()]);
  expect(tested.host.parts.endpoint('tasks').secretNames).toEqual([secretName]);
  expect(await keep()).toEqual({ secretName });
  expect(tested.host.parts.secretList()).toHaveLength(1);

  const valid = vectors.find(({ provider, expected }) => provider === 'asana' && expected === 'valid');
  expect(valid).toBeDefined();
  // A signature with another secret is now seen as such: before, nothing could be checked.
  const judged = await post(
    '/in/asana',
    Object.fromEntries(valid?.headers ?? []),
    Buffer.from(valid?.bodyBase64 ?? '', 'base64').toString(),
  );
  expect(judged.status).toBe(200);
  expect(tested.host.parts.history.get(newest())?.verdict.status).toBe('invalid');
  // No news and no row holds the value.
  expect(JSON.stringify(tested.changes.filter(({ type }) => type !== 'request'))).not.toContain(hookSecret);
});

test('a request that brought no secret has none to keep', async () => {
  await post('/any', {}, '{}');
  await expect(tested.host.handlers['requests.keepSecret']({ id: newest() })).rejects.toThrow('brought no secret');
  await expect(tested.host.handlers['requests.confirm']({ id: newest() })).rejects.toThrow('waits for no confirmation');
  await expect(tested.host.handlers['requests.keepSecret']({ id: 'req_none' })).rejects.toThrow(AppError);
});

test('what AWS SNS waits for is fetched on the click, never before', async () => {
  const vector = allVectors.find(({ id }) => id === 'challenge/public/aws-sns');
  if (!vector) throw new Error('there is no vector of a confirmation');
  const certificate = vector.secrets.map(({ value }) => value).join('\n');
  const { host } = tested;
  await host.handlers['secrets.set']({ name: 'sns', value: certificate, provider: 'aws-sns' });
  await host.handlers['endpoints.save']({
    ...defaultEndpoint,
    id: 'sns',
    name: 'SNS',
    path: '/in/sns',
    provider: 'aws-sns',
    secretNames: ['sns'],
    toleranceSeconds: 31_536_000,
  });
  const fetched: string[] = [];
  const { key, cert, issued } = authority('sns.us-east-1.amazonaws.com');
  const server = createServer({ key: issued.key, cert: issued.cert }, (request, response) => {
    fetched.push(`${request.method} ${request.headers.host} ${request.url?.split('?')[0]}`);
    response.end('<ConfirmSubscriptionResponse/>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  expect(key).not.toBe(issued.key);
  try {
    const reply = await post('/in/sns', Object.fromEntries(vector.headers), Buffer.from(vector.bodyBase64, 'base64').toString()); // prettier-ignore
    expect(reply.status).toBe(200);
    const id = newest();
    const wanted = host.parts.history.needsConsent(id)?.fetch ?? '';
    expect(new URL(wanted).hostname).toMatch(/^sns\.[\w-]+\.amazonaws\.com$/);
    expect(fetched).toEqual([]);

    const { port } = server.address() as AddressInfo;
    const handlers = createHandshakeHandlers({
      parts: {
        ...host.parts,
        history: { ...host.parts.history, needsConsent: () => ({ fetch: atPort(wanted, port) }) },
      },
      workspaceChanged: () => undefined,
      secretsChanged: () => undefined,
      timeoutMs: 5_000,
      wire: { ca: cert, lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) },
    });
    expect(await handlers['requests.confirm']({ id })).toEqual({
      status: 200,
      message: 'The provider accepted the confirmation: HTTP 200.',
    });
    expect(fetched).toEqual([expect.stringMatching(/^GET sns\.us-east-1\.amazonaws\.com:\d+ \//)]);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

function authority(host: string) {
  const made = createTestAuthority();
  return { key: made.key, cert: made.cert, issued: made.issue(host) };
}

/** The real service listens on 443, which a test cannot have. */
function atPort(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}
