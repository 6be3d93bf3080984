// Signatures through the whole host: every provider's signed request arrives, is judged, and on failure its cause is
// found behind the reply; own schemes, test keys and public URLs work; and no secret comes out anywhere.

import { readFile } from 'node:fs/promises';
import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newCustomScheme } from '../../../src/shared/custom-scheme.ts';
import type { CustomScheme } from '../../../src/shared/custom-scheme.ts';
import type { ExchangeDetail, ExchangeSummary, Finding } from '../../../src/shared/exchange.ts';
import type { HeaderPair } from '../../../src/shared/headers.ts';
import { defaultEndpoint } from '../../../src/shared/workspace.ts';
import type { Endpoint } from '../../../src/shared/workspace.ts';
import { sign } from '../../../src/main/signatures/sign.ts';
import { schemeCases } from '../../unit/main/signatures/cases.ts';
import { startTestHost } from '../../support/host.ts';
import type { TestHost } from '../../support/host.ts';

let test: TestHost;
beforeEach(async () => {
  test = await startTestHost();
});
afterEach(async () => {
  await test.stop();
});

async function readAll(rows: readonly ExchangeSummary[]): Promise<ExchangeDetail[]> {
  const details: ExchangeDetail[] = [];
  for (const { id } of rows) details.push(await test.host.handlers['requests.get']({ id }));
  return details;
}

function waitFor(condition: () => boolean | Promise<boolean>): Promise<void> {
  return vi.waitFor(async () => expect(await condition()).toBe(true), { timeout: 10_000, interval: 20 });
}

const endpoint = (id: string, changes: Partial<Endpoint>): Endpoint => ({
  ...defaultEndpoint,
  id,
  name: id,
  path: `/in/${id}`,
  ...changes,
});

async function post(path: string, headers: readonly HeaderPair[], body: Uint8Array | string): Promise<ExchangeSummary> {
  const before = test.host.parts.history.count();
  const response = await fetch(`${test.url()}${path}`, {
    method: 'POST',
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
  await response.arrayBuffer();
  const { rows } = await test.host.handlers['requests.list']({ query: '', limit: 1 });
  expect(test.host.parts.history.count()).toBe(before + 1);
  return rows[0] as ExchangeSummary;
}

async function foundFor(id: string): Promise<readonly Finding[]> {
  await waitFor(() => test.changes.some((change) => change.type === 'diagnosis' && change.id === id));
  const { verdict } = await test.host.handlers['requests.get']({ id });
  return verdict.diagnosis;
}

describe('the cause of a failure', () => {
  const secret = 'whsec_host_test';
  const stripe = (body: string, key = secret): HeaderPair[] => {
    const t = Math.floor(Date.now() / 1_000);
    const mac = createHmac('sha256', key).update(`${t}.${body}`).digest('hex');
    return [
      ['Content-Type', 'application/json'],
      ['Stripe-Signature', `t=${t},v1=${mac}`],
    ];
  };

  beforeEach(async () => {
    await test.host.handlers['secrets.set']({ name: 'stripe live', value: secret, provider: 'stripe' });
    await test.host.handlers['endpoints.save'](
      endpoint('stripe', { provider: 'stripe', secretNames: ['stripe live'] }),
    );
  });

  it('is found behind the reply, told as news and kept with the request', async () => {
    const signed = '{\n  "id": "evt_1",\n  "type": "invoice.paid"\n}';
    const arrived = await post('/in/stripe', stripe(signed), JSON.stringify(JSON.parse(signed)));
    expect(arrived.verdict.status).toBe('invalid');
    const [finding] = await foundFor(arrived.id);
    expect(finding?.code).toBe('body-reserialized');
    expect(finding?.message).not.toBe('');
    expect(finding?.mend).not.toBe('');
    // Asked again, nothing is looked for twice: no second piece of news.
    await test.host.handlers['requests.diagnose']({ id: arrived.id });
    expect(test.changes.filter((change) => change.type === 'diagnosis')).toHaveLength(1);
  });

  it('names the endpoint whose secret it was', async () => {
    await test.host.handlers['secrets.set']({ name: 'stripe test', value: 'whsec_other', provider: 'stripe' });
    await test.host.handlers['endpoints.save'](
      endpoint('sandbox', { name: 'Sandbox', provider: 'stripe', secretNames: ['stripe test'] }),
    );
    const arrived = await post('/in/stripe', stripe('{"id":"evt_2"}', 'whsec_other'), '{"id":"evt_2"}');
    const [finding] = await foundFor(arrived.id);
    expect(finding?.code).toBe('other-endpoint-secret');
    expect(finding?.message).toContain('Sandbox');
  });

  it('is not looked for where the check passed or none was made', async () => {
    const valid = await post('/in/stripe', stripe('{"id":"evt_3"}'), '{"id":"evt_3"}');
    expect(valid.verdict.status).toBe('valid');
    const unknown = await post('/else', [], '{}');
    expect(unknown.verdict.status).toBe('unverified');
    const failed = await post('/in/stripe', stripe('{"id":"evt_4"}', 'x'), '{"id":"evt_4"}');
    await foundFor(failed.id);
    expect(test.changes.filter((change) => change.type === 'diagnosis').map((change) => change.id)).toEqual([
      failed.id,
    ]);
    expect(await test.host.handlers['requests.diagnose']({ id: valid.id })).toEqual([]);
    await expect(test.host.handlers['requests.diagnose']({ id: 'req_none' })).rejects.toMatchObject({
      code: 'STORE_NOT_FOUND',
    });
  });
});

describe('schemes that sign the URL', () => {
  const body = '{"type":"payment.created","event_id":"e1"}';
  const square = (url: string): HeaderPair[] => [
    ['Content-Type', 'application/json'],
    [
      'x-square-hmacsha256-signature',
      createHmac('sha256', 'key')
        .update(url + body)
        .digest('base64'),
    ],
  ];

  beforeEach(() => test.host.handlers['secrets.set']({ name: 'square', value: 'key', provider: 'square' }));

  it('are verified with the public URL of the endpoint, and the verdict says which one was used', async () => {
    const publicUrl = 'https://shop.example.test/hooks/square';
    await test.host.handlers['endpoints.save'](
      endpoint('sq', { provider: 'square', secretNames: ['square'], publicUrl }),
    );
    const { verdict } = await post('/in/sq', square(publicUrl), body);
    expect(verdict).toMatchObject({ status: 'valid', url: publicUrl, urlSource: 'configured' });
  });

  it('are verified with the forwarded host of a trusted tunnel, else as received', async () => {
    const forwarded: HeaderPair[] = [
      ['X-Forwarded-Host', 'abc.tunnel.example'],
      ['X-Forwarded-Proto', 'https'],
    ];
    const save = (trustForwarded: boolean) =>
      test.host.handlers['endpoints.save'](
        endpoint('sq', { provider: 'square', secretNames: ['square'], trustForwarded }),
      );
    const url = 'https://abc.tunnel.example/in/sq';
    await save(true);
    const trusted = await post('/in/sq', [...square(url), ...forwarded], body);
    expect(trusted.verdict).toMatchObject({ status: 'valid', url, urlSource: 'forwarded' });
    await save(false);
    const received = await post('/in/sq', [...square(`${test.url()}/in/sq`), ...forwarded], body);
    expect(received.verdict).toMatchObject({ status: 'valid', urlSource: 'received' });
    const mistaken = await post('/in/sq', [...square(url), ...forwarded], body);
    expect(mistaken.verdict.status).toBe('invalid');
    expect((await foundFor(mistaken.id))[0]?.code).toMatch(/^url-/);
  });
});

describe('own schemes', () => {
  const acme: CustomScheme = {
    ...newCustomScheme,
    id: 'custom-acme',
    name: 'Acme',
    algorithm: 'hmac-sha512',
    encoding: 'base64',
    parts: [{ kind: 'timestamp' }, { kind: 'literal', text: '|' }, { kind: 'body' }],
    signatureHeader: 'X-Acme-Signature',
    timestamp: { header: 'X-Acme-Time', unit: 'seconds', toleranceSeconds: 60 },
    idPath: 'id',
    eventPath: 'kind',
  };
  const body = '{"id":"a1","kind":"made"}';
  const headers = (): HeaderPair[] => {
    const t = String(Math.floor(Date.now() / 1_000));
    const mac = createHmac('sha512', 'acme key').update(`${t}|${body}`).digest('base64');
    return [
      ['X-Acme-Time', t],
      ['X-Acme-Signature', mac],
    ];
  };

  it('are tried on a captured request, saved, used for judging and for sending, exported and imported', async () => {
    const { handlers } = test.host;
    await handlers['secrets.set']({ name: 'acme', value: 'acme key', provider: null });
    const arrived = await post('/acme', headers(), body);
    const tried = await handlers['schemes.test']({ scheme: acme, requestId: arrived.id, secretNames: ['acme'] });
    expect(tried.verdict.status).toBe('valid');
    expect(tried.signature?.recipe).toBe('timestamp + "|" + body');

    await handlers['schemes.save'](acme);
    await handlers['endpoints.save'](endpoint('acme', { provider: 'custom-acme', secretNames: ['acme'] }));
    const judged = await post('/in/acme', headers(), body);
    expect(judged).toMatchObject({ provider: 'custom-acme', deliveryId: 'a1', event: 'made' });
    expect(judged.verdict.status).toBe('valid');

    await handlers['compose.send']({
      method: 'POST',
      urls: [`${test.url()}/in/acme`],
      targetIds: [],
      provider: 'custom-acme',
      event: 'made',
      headers: [],
      body: Buffer.from(body),
      variables: false,
      secret: { name: 'acme' },
      signature: 'fresh',
      schedule: 'quick',
      speed: 1,
    });
    await waitFor(async () => {
      const { rows } = await handlers['requests.list']({ query: '', limit: 10 });
      return rows.length === 3 && rows[0]?.verdict.status === 'valid';
    });

    await expect(handlers['schemes.remove']({ id: 'custom-acme' })).rejects.toThrow(/uses this scheme/);
    const text = JSON.stringify({ format: 'hookbench-scheme', version: 1, scheme: { ...acme, name: 'Acme 2' } });
    const imported = await handlers['schemes.import']({ text });
    expect(imported).toMatchObject({ id: 'custom-acme-2', name: 'Acme 2' });
    expect((await handlers['state.get'](undefined)).schemes.map(({ id }) => id)).toEqual([
      'custom-acme',
      'custom-acme-2',
    ]);
    await handlers['schemes.remove']({ id: 'custom-acme-2' });
    expect((await handlers['state.get'](undefined)).schemes).toEqual([acme]);
  });

  it.each([
    ['{', 'not JSON'],
    ['{}', 'format'],
    [JSON.stringify({ format: 'hookbench-scheme', version: 2, scheme: acme }), 'version'],
    [JSON.stringify({ format: 'hookbench-scheme', version: 1, scheme: { ...acme, parts: [] } }), 'scheme.parts'],
    [JSON.stringify({ format: 'hookbench-scheme', version: 1, scheme: { ...acme, timestamp: null } }), 'timestamp'],
    [JSON.stringify({ format: 'hookbench-scheme', version: 1, scheme: { ...acme, signatureHeader: 'a b' } }), 'signatureHeader'], // prettier-ignore
  ])('refuses a scheme file and names the place: %.60s', async (text, place) => {
    await expect(test.host.handlers['schemes.import']({ text })).rejects.toThrow(place);
    expect((await test.host.handlers['state.get'](undefined)).schemes).toEqual([]);
  });
});

describe('test key pairs', () => {
  it.each([
    ['discord', /^[0-9a-f]{64}$/],
    ['sendgrid', /^[A-Za-z0-9+/]{120,}={0,2}$/],
    ['aws-sns', /^-----BEGIN CERTIFICATE-----/],
    ['plaid', /^\{.*"kty":"EC"/],
  ])('%s: one is made and kept, its public half is shown, its private half never', async (provider, form) => {
    const { handlers } = test.host;
    const shown = await handlers['secrets.makeKeyPair']({ name: `${provider} test key`, provider });
    expect(shown.text).toMatch(form);
    expect(await handlers['secrets.publicKey']({ name: `${provider} test key`, provider })).toEqual(shown);
    await expect(handlers['secrets.makeKeyPair']({ name: `${provider} test key`, provider })).rejects.toThrow(
      /already/,
    );
    const everything = JSON.stringify([shown, test.changes, await handlers['state.get'](undefined)]);
    expect(everything).not.toContain('PRIVATE');

    await handlers['endpoints.save'](endpoint('keyed', { provider, secretNames: [`${provider} test key`] }));
    const { body } = schemeCases.find((item) => item.provider.id === provider) ?? { body: Buffer.alloc(0) };
    const type = provider === 'aws-sns' ? 'text/plain' : 'application/json';
    await handlers['compose.send']({
      method: 'POST',
      urls: [`${test.url()}/in/keyed`],
      targetIds: [],
      provider,
      event: null,
      headers: [['Content-Type', type]],
      body: Uint8Array.from(body),
      variables: false,
      secret: { name: `${provider} test key` },
      signature: 'fresh',
      schedule: 'quick',
      speed: 1,
    });
    await waitFor(async () => (await handlers['requests.list']({ query: '', limit: 1 })).rows.length === 1);
    expect((await handlers['requests.list']({ query: '', limit: 1 })).rows[0]?.verdict).toMatchObject({
      status: 'valid',
    });
  });

  it('are refused for a provider with shared secrets', async () => {
    const made = test.host.handlers['secrets.makeKeyPair']({ name: 'x', provider: 'stripe' });
    await expect(made).rejects.toThrow(/shared secret/);
  });
});

it('tells no secret anywhere: verdicts, causes, views, news, lists, logs and errors, for every scheme', async () => {
  const { handlers } = test.host;
  const canaries: string[] = [];
  const errors: string[] = [];
  for (const [index, item] of schemeCases.entries()) {
    const name = `canary ${index}`;
    const value = item.signing.value;
    canaries.push(value, ...(value.includes('PRIVATE') ? (/\n(MI[\s\S]{40})/.exec(value)?.slice(1) ?? []) : []));
    await handlers['secrets.set']({ name, value, provider: item.provider.id });
    const names = [name];
    for (const [n, beside] of item.beside.entries()) {
      await handlers['secrets.set']({ name: `${name} beside ${n}`, value: beside.value, provider: item.provider.id });
      names.push(`${name} beside ${n}`);
    }
    await handlers['endpoints.save'](
      endpoint(`c${index}`, { provider: item.provider.id, secretNames: names, publicUrl: 'https://c.example.test' }),
    );
    for (const mode of ['fresh', 'tampered', 'wrong-secret', 'none'] as const) {
      // Tokens are the secret itself: what was captured holds them when they are right, by the provider's design.
      if (item.scheme.kind === 'token' && mode !== 'none' && mode !== 'wrong-secret') continue;
      const signed = sign({
        provider: item.provider.id,
        scheme: item.scheme.id,
        method: 'POST',
        url: `https://c.example.test/in/c${index}`,
        headers: [['Content-Type', item.contentType]],
        body: item.body,
        secrets: [item.signing, ...item.beside],
        messageId: 'msg_canary',
        event: 'order.created',
        now: Date.now(),
        mode,
      });
      const query = signed.url.split('?')[1];
      await post(`/in/c${index}${query === undefined ? '' : `?${query}`}`, signed.headers, signed.body);
    }
  }
  for (const bad of [{ secret: '\u0000' }, 'nonsense']) {
    await Promise.resolve()
      .then(() => handlers['schemes.import']({ text: JSON.stringify(bad) }))
      .catch((error: unknown) => errors.push(String(error)));
  }
  const { rows } = await handlers['requests.list']({ query: '', limit: 2_000 });
  expect(rows.length).toBeGreaterThan(schemeCases.length * 2);
  const details = await readAll(rows);
  for (const { id } of rows) await handlers['requests.diagnose']({ id });
  const again = await readAll(rows);
  const texts = details.map(({ signature }) => Buffer.from(signature?.signedBytes ?? []).toString('latin1'));
  const told = JSON.stringify([
    details,
    again,
    test.changes,
    test.logged,
    errors,
    await handlers['state.get'](undefined),
  ]);
  const history = await readFile(`${test.dataDir}/history.sqlite`, 'latin1');
  for (const canary of new Set(canaries)) {
    const forms = [canary, JSON.stringify(canary).slice(1, -1), ...encoded(canary)];
    for (const form of forms) {
      expect(told.includes(form), `${form.slice(0, 12)}... is told`).toBe(false);
      expect(
        texts.some((text) => text.includes(form)),
        `${form.slice(0, 12)}... is shown`,
      ).toBe(false);
      expect(history.includes(form), `${form.slice(0, 12)}... is in the history`).toBe(false);
    }
  }
}, 60_000);

/** Other ways to write the same secret. */
function encoded(value: string): string[] {
  const bytes = Buffer.from(value);
  return [bytes.toString('base64'), bytes.toString('hex'), bytes.toString('latin1')];
}
