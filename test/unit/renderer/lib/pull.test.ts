import { describe, expect, it } from 'vitest';
import { configError, configOf, shownFields, valuesOf } from '../../../../src/renderer/lib/pull-form.ts';
import { eventCounts, eventName, shownEvents } from '../../../../src/renderer/lib/pull-words.ts';

const generic = {
  url: 'https://api.example.test/events',
  headers: { 'X-Team': 'a' },
  itemsPath: '',
  idPath: 'id',
  timePath: 'created',
  timeUnit: 'seconds',
  page: { kind: 'page', param: 'page', start: 0 },
};

describe('the form of a pull', () => {
  it.each([
    ['github', { owner: 'octo', repo: 'one', hookId: '12' }],
    ['github', { org: 'octo', hookId: '12' }],
    ['stripe', {}],
    ['svix', { appId: 'app_1' }],
    ['svix', { appId: 'app_1', endpointId: 'ep_1' }],
    ['shopify', { shop: 'example.myshopify.com', topic: 'products/create' }],
  ] as const)('gives back what is stored for %s', (provider, config) => {
    expect(configOf(provider, valuesOf(provider, config), config)).toEqual(config);
  });

  it('keeps what it has no field for', () => {
    const before = { ...generic, method: 'GET' };
    expect(configOf('generic', valuesOf('generic', before), before)).toEqual(before);
  });

  it('writes the page rule as an object of its own', () => {
    const values = { ...valuesOf('generic', {}), url: 'https://a.test/', idPath: 'id', timePath: 't' };
    const cursor = { 'page.kind': 'cursor', 'page.path': 'next', 'page.param': 'after' };
    expect(configOf('generic', { ...values, ...cursor }, {})).toEqual({
      url: 'https://a.test/',
      method: 'GET',
      itemsPath: '',
      idPath: 'id',
      timePath: 't',
      timeUnit: 'iso',
      page: { kind: 'cursor', path: 'next', param: 'after' },
    });
  });

  it('drops the fields of another choice', () => {
    const values = {
      ...valuesOf('github', { owner: 'o', repo: 'r', hookId: '1' }),
      hookOf: 'organization',
      org: 'octo',
    };
    expect(configOf('github', values, { owner: 'o', repo: 'r', hookId: '1' })).toEqual({ org: 'octo', hookId: '1' });
    expect(shownFields('github', values).map(({ key }) => key)).toEqual(['hookOf', 'org', 'hookId']);
  });

  it('finds the error of a field, named with or without its place in the setup', () => {
    expect(configError({ field: 'page.path', message: 'is missing' }, 'page.path')).toBe('is missing');
    expect(configError({ field: 'config.idPath', message: 'is missing' }, 'idPath')).toBe('is missing');
    expect(configError({ field: 'name', message: 'is missing' }, 'idPath')).toBeNull();
  });
});

describe('words of a look', () => {
  it('tell what an earlier look fetched from what arrived', () => {
    const event = { id: 'e', event: null, at: 1, state: 'arrived', requestId: 'req_2' } as const;
    const missed = { ...event, state: 'missed' } as const;
    const shown = shownEvents([{ ...event, pulled: true }, event, missed]);
    expect(shown.map(({ state }) => state)).toEqual(['pulled', 'arrived', 'missed']);
  });

  it('name and count events', () => {
    const event = { id: 'evt_1', event: null, at: 1, state: 'missed', requestId: 'req_1' } as const;
    expect(eventName(event)).toBe('missed, evt_1');
    expect(eventCounts([event, { ...event, state: 'failed' }])).toMatchObject({ arrived: 0, missed: 1, failed: 1 });
  });
});
