import { describe, expect, it } from 'vitest';
import { lookAtRequest, readValues } from '../../../../src/main/pipeline/values.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { findProvider } from '../../../../src/shared/providers/index.ts';
import { genericOptionsSchema } from '../../../../src/shared/workspace.ts';
import type { GenericOptions } from '../../../../src/shared/workspace.ts';
import * as v from 'valibot';

const request = (headers: readonly HeaderPair[], body = '') => ({
  headers,
  target: '/in?seen=1',
  body: new TextEncoder().encode(body),
});
const read = (sent: ReturnType<typeof request>, provider: string | null, generic?: GenericOptions) =>
  readValues(lookAtRequest(sent), provider === null ? undefined : findProvider(provider, generic));

describe('readValues', () => {
  it('reads headers', () => {
    const headers = [
      ['X-GitHub-Delivery', 'd1'],
      ['x-github-event', 'push'],
    ] as const;
    expect(read(request(headers), 'github')).toEqual({ deliveryId: 'd1', event: 'push' });
  });

  it('reads a JSON body', () => {
    expect(read(request([], '\uFEFF{"id":"evt_1","type":"a.b"}'), 'stripe')).toEqual({
      deliveryId: 'evt_1',
      event: 'a.b',
    });
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"__proto__":{"id":"x"}}',
    '{"id":{"a":1},"type":true}',
    '\xFF',
    '['.repeat(50_000),
  ])('gives nothing for a body such as %.30s', (body) => {
    expect(read(request([], body), 'stripe')).toEqual({ deliveryId: null, event: null });
  });

  it('does not look into a body above 1 MiB', () => {
    const fill = 'x'.repeat(1_048_576 - 24);
    const fits = request([], `{"id":"evt_1","fill":"${fill}"}`);
    const tooLarge = request([], `{"id":"evt_1","fill":"${fill}x"}`);
    expect(fits.body.length).toBe(1_048_576);
    expect(read(fits, 'stripe').deliveryId).toBe('evt_1');
    expect(read(tooLarge, 'stripe').deliveryId).toBeNull();
  });

  it('uses the names that the endpoint gives to the generic scheme', () => {
    const generic = v.parse(genericOptionsSchema, { deliveryHeader: 'X-My-Id', eventHeader: 'X-My-Event' });
    const headers = [
      ['x-my-id', '7'],
      ['x-my-event', 'made'],
      ['X-Webhook-Delivery', '8'],
    ] as const;
    expect(read(request(headers), 'generic', generic)).toEqual({ deliveryId: '7', event: 'made' });
    expect(read(request(headers), 'generic').deliveryId).toBe('8');
  });

  it.each([null, 'unheard-of', '__proto__', 'constructor'])('gives nothing for the provider %s', (provider) => {
    expect(read(request([['webhook-id', 'x']], '{"id":"y"}'), provider)).toEqual({
      deliveryId: null,
      event: null,
    });
  });
});
