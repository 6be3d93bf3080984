import { describe, expect, it } from 'vitest';
import { compose, preview } from '../../../../src/main/sender/compose.ts';
import type { ComposeDeps } from '../../../../src/main/sender/compose.ts';
import { replayDraft } from '../../../../src/main/sender/replay.ts';
import type { CapturedSource, ReplayEdits } from '../../../../src/main/sender/replay.ts';
import { sign } from '../../../../src/main/signatures/sign.ts';
import { verify } from '../../../../src/main/signatures/verify.ts';
import { headerValue } from '../../../../src/shared/headers.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import type { StoredRequest } from '../../../../src/main/store/history.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (body: Uint8Array) => new TextDecoder().decode(body);
const secrets: Record<string, string> = {
  stripe: 'whsec_stripe_text',
  github: 'gh-secret',
  'standard-webhooks': 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
};
const hop: HeaderPair[] = [
  ['Host', 'tunnel.example'],
  ['Connection', 'keep-alive, X-Hop, Webhook-Signature'],
  ['X-Hop', 'only for the next one'],
  ['Content-Length', '5'],
  ['Transfer-Encoding', 'chunked'],
];

function captured(provider: string, deliveryId: string, json: string): CapturedSource {
  const body = bytes(json);
  const signed = sign({
    provider,
    method: 'POST',
    url: 'http://tunnel.example/in',
    headers: [['X-A', '1']],
    body,
    secrets: [{ name: 's', value: secrets[provider] ?? '' }],
    messageId: deliveryId,
    event: 'x.y',
    now: Date.UTC(2025, 0, 1),
    mode: 'fresh',
  });
  const request = {
    id: 'req_1',
    method: 'POST',
    target: '/in?x=1',
    provider,
    event: 'x.y',
    deliveryId,
    headers: [...hop, ...signed.headers],
    size: body.length,
    storedSize: body.length,
    truncated: false,
  } as unknown as StoredRequest;
  return { request, body };
}

function setup(source: CapturedSource) {
  const clock = createFakeClock();
  let seed = 0;
  const deps: ComposeDeps = {
    clock,
    random: (size) => Uint8Array.from({ length: size }, () => (seed += 11) & 255),
    targets: [],
    secretValue: () => null,
    captured: (id) => (id === 'req_1' ? source : null),
  };
  let body = new Uint8Array();
  const store = {
    putMessageBody: async (made: Uint8Array) => {
      body = Uint8Array.from(made);
      return 'hash';
    },
    keepSecret: async () => 'oneoff',
  };
  const run = async (edits: Partial<ReplayEdits>) => {
    const provider = source.request.provider ?? '';
    const draft = replayDraft(source, {
      url: 'http://127.0.0.1:3000/in?x=1',
      resign: 'same-id',
      secret: { value: secrets[provider] ?? '' },
      schedule: 'quick',
      speed: 1,
      ...edits,
    });
    const sent = preview(draft, deps);
    const { messageId, deliveries } = await compose(draft, deps, store);
    const verdict = verify({
      ...sent,
      provider,
      secrets: [{ name: 's', value: secrets[provider] ?? '' }],
      now: clock.now(),
    });
    return { sent, messageId, delivery: deliveries[0], body, status: verdict.status };
  };
  return run;
}

const stripeBody = '{ "type": "x.y",\r\n  "id": "evt_old", "n": 1.50, "data": {"id": "evt_old"} }';

describe('keep', () => {
  it('leaves signature, ids and bytes, and drops only what belongs to the connection', async () => {
    const source = captured('standard-webhooks', 'msg_old', '{"a":1}');
    const { sent, delivery, status } = await setup(source)({ resign: 'keep' });
    const before = source.request.headers.filter(([name]) => !hop.some(([dropped]) => dropped === name));
    expect(sent.headers.slice(1, -2)).toEqual(before);
    expect(text(sent.body)).toBe('{"a":1}');
    expect(status).toBe('expired');
    expect(delivery).toMatchObject({ replayOf: 'req_1', changes: [], secretName: null });
    expect(delivery?.message.messageId).toBe('msg_old');
  });

  it('says what was edited', async () => {
    const source = captured('github', 'b6a3c1f0-0000-4000-8000-000000000000', '{"a":1}');
    const { delivery, status } = await setup(source)({
      resign: 'keep',
      url: 'http://127.0.0.1:3000/other',
      method: 'put',
      body: bytes('{"a":2}'),
      setHeaders: [
        ['x-a', '2'],
        ['X-New', 'yes'],
      ],
    });
    expect(delivery?.changes).toEqual([
      'method POST became PUT',
      'URL path /in?x=1 became /other',
      'header X-A changed',
      'header X-New added',
      'body edited',
    ]);
    expect(status).toBe('invalid');
  });
});

describe('same-id', () => {
  it.each(['standard-webhooks', 'github', 'stripe'])('%s: valid again, with the same id', async (provider) => {
    const id = provider === 'stripe' ? 'evt_old' : 'msg_old';
    const source = captured(provider, id, stripeBody);
    const { messageId, status, delivery, sent } = await setup(source)({});
    expect(status).toBe('valid');
    expect(messageId).toBe(id);
    expect(text(sent.body)).toBe(stripeBody);
    expect(delivery?.changes).toEqual(['signed anew with the same id']);
    expect(headerValue(sent.headers, 'x-hop')).toBeUndefined();
  });
});

describe('new-id', () => {
  it('stripe: a new id inside the body, every other byte kept', async () => {
    const source = captured('stripe', 'evt_old', stripeBody);
    const { messageId, status, delivery, body } = await setup(source)({ resign: 'new-id' });
    expect(messageId).toMatch(/^evt_[0-9a-z]{20}$/);
    expect(status).toBe('valid');
    expect(text(body)).toBe(stripeBody.replace('"evt_old"', `"${messageId}"`));
    expect(delivery?.changes).toEqual(['signed anew with a new id']);
  });

  it('github: a new UUID in the header', async () => {
    const source = captured('github', 'b6a3c1f0-0000-4000-8000-000000000000', '{"id":"evt_old"}');
    const { messageId, status, delivery, sent } = await setup(source)({ resign: 'new-id' });
    expect(messageId).toMatch(/^[\da-f]{8}-[\da-f]{4}-4/);
    expect(status).toBe('valid');
    expect(text(sent.body)).toBe('{"id":"evt_old"}');
    expect(headerValue(sent.headers, 'x-github-delivery')).not.toBe('b6a3c1f0-0000-4000-8000-000000000000');
    expect(delivery?.changes).toEqual(['signed anew with a new id']);
  });

  it('standard-webhooks: id, time and signature are new', async () => {
    const source = captured('standard-webhooks', 'msg_old', '{}');
    const { messageId, status } = await setup(source)({ resign: 'new-id', setHeaders: [['webhook-id', 'mine']] });
    expect(messageId).toMatch(/^msg_[0-9a-z]{20}$/);
    expect(status).toBe('valid');
  });
});

it('another provider signs: nothing of the old signature stays', async () => {
  const source = captured('stripe', 'evt_old', stripeBody);
  const { sent } = await setup(source)({ provider: 'generic', secret: { value: 'other' } });
  expect(headerValue(sent.headers, 'stripe-signature')).toBeUndefined();
  expect(headerValue(sent.headers, 'x-webhook-signature')).toMatch(/^[0-9a-f]{64}$/);
});

it('says that the original was cut', async () => {
  const source = captured('github', 'msg_old', '{"a":1}');
  const cut = { ...source, request: { ...source.request, truncated: true, size: 1_000 } };
  const { delivery } = await setup(cut)({ resign: 'keep' });
  expect(delivery?.changes).toEqual(['only the first 7 of 1000 body bytes were captured']);
});
