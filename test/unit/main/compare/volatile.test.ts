// What is left out when only lasting differences are wanted: nothing but what the registry or a standard names.

import { expect, test } from 'vitest';
import { volatileFields } from '../../../../src/main/compare/volatile.ts';
import { findProvider } from '../../../../src/shared/providers/index.ts';
import type { ProviderDefinition } from '../../../../src/shared/providers/define.ts';
import { compare, rowsOf } from './support.ts';

const fieldsOf = (...ids: string[]) => volatileFields(ids.map((id) => findProvider(id) as ProviderDefinition));

test('a provider’s signature, time and id are left out and counted; the rest stays', () => {
  const a = {
    headers: [
      ['Date', 'Mon, 23 Nov 2026 10:00:00 GMT'],
      ['Stripe-Signature', 't=1,v1=aa'],
      ['Content-Length', '40'],
      ['X-Other', '1'],
    ],
    body: '{"id":"evt_1","object":{"id":"in_1"}}',
  } as const;
  const b = {
    headers: [
      ['Date', 'Mon, 23 Nov 2026 10:00:05 GMT'],
      ['Stripe-Signature', 't=2,v1=bb'],
      ['Content-Length', '41'],
      ['X-Other', '2'],
    ],
    body: '{"id":"evt_22","object":{"id":"in_2"}}',
  } as const;
  expect(compare(a, b).differences.length).toBe(6);
  const lasting = compare(a, b, fieldsOf('stripe'));
  expect(rowsOf(lasting)).toEqual([
    ['header', 'changed', 'X-Other', '1', '2'],
    ['body', 'changed', 'object.id', '"in_1"', '"in_2"'],
  ]);
  expect(lasting.ignored).toBe(4);
});

test('members count only where the registry names them: another provider’s time stays a difference', () => {
  const found = compare(
    { body: '{"created":1,"Timestamp":"a"}' },
    { body: '{"created":2,"Timestamp":"b"}' },
    fieldsOf('github'),
  );
  expect([found.differences.length, found.ignored]).toEqual([2, 0]);
});

test('Content-Length stays where the bodies are the same', () => {
  const found = compare({ headers: [['Content-Length', '1']] }, { headers: [['Content-Length', '2']] }, fieldsOf());
  expect(found.differences.length).toBe(1);
});

test('the order of headers that always change is left out, the order of others is not', () => {
  const [date, host, via] = [['Date', 'd'] as const, ['Host', 'h'] as const, ['Via', 'v'] as const];
  const moved = compare({ headers: [date, host, via] }, { headers: [host, date, via] }, fieldsOf());
  expect([moved.differences.length, moved.ignored]).toEqual([0, 1]);
  const both = compare({ headers: [date, host, via] }, { headers: [date, via, host] }, fieldsOf());
  expect(rowsOf(both)).toEqual([['header', 'order', '', 'Host, Via', 'Via, Host']]);
});

test('signatures in lists of items are found in every item', () => {
  const item = (signature: string) => `{"NotificationRequestItem":{"additionalData":{"hmacSignature":"${signature}"}}}`;
  const body = (x: string, y: string) => `{"notificationItems":[${item(x)},${item(y)}]}`;
  const found = compare({ body: body('a', 'b') }, { body: body('c', 'd') }, fieldsOf('adyen'));
  expect([found.differences.length, found.ignored]).toEqual([0, 2]);
});

test('a secret that is sent as it is does not always change', () => {
  expect(fieldsOf('gitlab').headers.has('x-gitlab-token')).toBe(false);
});
