import { expect, test } from 'vitest';
import { typeName } from '../../../../src/main/type-generator/type-name.ts';

test('an event’s name becomes a plain identifier', () => {
  expect(typeName('invoice.paid')).toBe('InvoicePaid');
  expect(typeName('orders/create')).toBe('OrdersCreate');
  expect(typeName('customer_subscription-updated v2')).toBe('CustomerSubscriptionUpdatedV2');
  expect(typeName('PullRequest')).toBe('PullRequest');
});

test('hostile and empty names are plain too', () => {
  expect(typeName('')).toBe('Event');
  expect(typeName('*/ 	\u2028')).toBe('Event');
  expect(typeName('2xx')).toBe('Event2Xx');
  expect(typeName('array')).toBe('EventArray');
  expect(typeName('__proto__')).toBe('Proto');
  expect(typeName('<img onerror=alert(1)>')).toBe('ImgOnerrorAlert1');
  expect(typeName('x'.repeat(5_000))).toHaveLength(80);
});
