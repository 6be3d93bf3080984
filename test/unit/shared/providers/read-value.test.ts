// Delivery ids and event types as each provider carries them, and bodies that carry nothing.

import { describe, expect, it } from 'vitest';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { findProvider } from '../../../../src/shared/providers/index.ts';
import { createValueReader } from '../../../../src/shared/providers/read-value.ts';

const form: HeaderPair = ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'];

function read(provider: string, headers: readonly HeaderPair[], body: string) {
  const definition = findProvider(provider);
  const reader = createValueReader(headers, () => body);
  return definition && { id: reader(definition.deliveryId), event: reader(definition.eventType) };
}

describe('createValueReader', () => {
  it.each<[string, HeaderPair[], string, string | null, string | null]>([
    ['stripe', [], '{"id":"evt_1","type":"invoice.paid"}', 'evt_1', 'invoice.paid'],
    ['standard-webhooks', [['Webhook-Id', 'msg_1']], '{"type":"a.b"}', 'msg_1', 'a.b'],
    [
      'svix',
      [
        ['webhook-id', 'w'],
        ['svix-id', 's'],
      ],
      '{"event_type":"ping"}',
      's',
      'ping',
    ],
    [
      'github',
      [
        ['x-github-delivery', 'd'],
        ['x-github-event', 'issues'],
      ],
      '{"action":"opened"}',
      'd',
      'issues.opened',
    ],
    ['github', [['x-github-event', 'push']], '{"ref":"x"}', null, 'push'],
    [
      'github',
      [['x-github-event', 'issues'], form],
      'payload=%7B%22action%22%3A%22closed%22%7D',
      null,
      'issues.closed',
    ],
    ['github', [], '{"action":"opened"}', null, null],
    ['slack', [], '{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}', 'Ev1', 'app_mention'],
    ['slack', [], '{"type":"url_verification"}', null, 'url_verification'],
    ['slack', [form], 'a=b&command=%2Fdeploy&text=x+y', null, '/deploy'],
    ['slack', [form], 'payload=%7B%22type%22%3A%22block_actions%22%7D', null, 'block_actions'],
    [
      'shopify',
      [
        ['shopify-webhook-id', 'w'],
        ['shopify-topic', 'product'],
      ],
      '',
      'w',
      'product',
    ],
    [
      'generic',
      [
        ['x-webhook-delivery', '7'],
        ['x-webhook-event', 'e'],
      ],
      '',
      '7',
      'e',
    ],
  ])('%s %j', (provider, headers, body, id, event) => {
    expect(read(provider, headers, body)).toEqual({ id, event });
  });

  it.each([
    '',
    'null',
    '[]',
    '"text"',
    '{',
    '{"id":{},"type":[]}',
    '{"id":"","type":null}',
    '{"__proto__":{"id":"x"}}',
    `{"id":"${'x'.repeat(501)}"}`,
    '['.repeat(100_000),
  ])('finds nothing in an odd body (case %#)', (body) => {
    expect(read('stripe', [], body)).toEqual({ id: null, event: null });
  });

  it.each(['payload=%', 'payload', '&&=&', '%FF=%FF', 'payload={'])('finds nothing in the odd form %s', (body) => {
    expect(read('slack', [form], body)).toEqual({ id: null, event: null });
  });

  it('takes the first field of a name, decoded', () => {
    const reader = createValueReader([form], () => 'a=x+%2B+y&a=z');
    expect(reader([{ from: 'form', name: 'a' }])).toBe('x + y');
  });

  it('reaches no prototype', () => {
    const reader = createValueReader([], () => '{}');
    expect(reader([{ from: 'json', path: 'constructor.name' }])).toBeNull();
  });

  it('asks for the body once, and not where headers suffice', () => {
    let asked = 0;
    const reader = createValueReader([['a', '1']], () => {
      asked += 1;
      return '{"b":2}';
    });
    expect(reader([{ from: 'header', name: 'A' }])).toBe('1');
    expect(asked).toBe(0);
    expect([reader([{ from: 'json', path: 'b' }]), reader([{ from: 'form', name: 'b' }])]).toEqual(['2', null]);
    expect(asked).toBe(1);
  });
});
