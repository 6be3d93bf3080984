// Delivery ids, event types and conditions as each provider's data points at them, and requests that try to be
// anything but readable: nothing may throw, and what cannot be read is not there.

import { describe, expect, it } from 'vitest';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import type { RequestCondition, ValueSource } from '../../../../src/shared/providers/sources.ts';
import { findProvider, providers } from '../../../../src/shared/providers/index.ts';
import {
  createValueReader,
  holds,
  lookAt,
  parseJson,
  valueAt,
  valueReader,
} from '../../../../src/shared/providers/read-value.ts';

const form: HeaderPair = ['Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'];

function read(provider: string, headers: readonly HeaderPair[], body: string) {
  const definition = findProvider(provider);
  const reader = createValueReader(headers, () => body);
  return definition && { id: reader(definition.deliveryId), event: reader(definition.eventType) };
}

/** One source, read from one request. */
function readOne(source: ValueSource, request: { headers?: readonly HeaderPair[]; body?: string; target?: string }) {
  return createValueReader(request.headers ?? [], () => request.body ?? '', request.target)([source]);
}

describe('ids and events of the providers', () => {
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
    // A member that is there names the event, whatever it holds.
    ['telegram', [], '{"update_id":7,"callback_query":null}', '7', 'callback_query'],
    ['telegram', [], '{"update_id":0,"message":{"text":"hi"}}', '0', 'message'],
    ['telegram', [], '{"update_id":8,"something_new":{}}', '8', null],
    ['dropbox', [], '{"list_folder":{"accounts":["a"]},"delta":{"users":[1]}}', null, 'list_folder'],
    // Suffixes: what is not there adds nothing, and they nest.
    ['xero', [], '{"events":[{"resourceId":"r","eventDateUtc":"t","eventCategory":"INVOICE","eventType":"UPDATE"}]}', 'r.t', 'INVOICE.UPDATE'], // prettier-ignore
    ['xero', [], '{"events":[{"resourceId":"r","eventCategory":"INVOICE"}]}', 'r', 'INVOICE'],
    ['xero', [], '{"events":[],"firstEventSequence":0}', null, null],
    ['adyen', [], '{"data":{"id":"EV1","sequenceNumber":3},"type":"transfer.created"}', 'EV1.transfer.created.3', 'transfer.created'], // prettier-ignore
    ['cloudevents', [], '{"specversion":"1.0","id":"1","source":"/shop","type":"a.b"}', '1./shop', 'a.b'],
    [
      'cloudevents',
      [
        ['ce-id', '2'],
        ['ce-source', '/shop'],
        ['ce-type', 'c.d'],
      ],
      '{"id":"1","type":"a.b"}',
      '2./shop',
      'c.d',
    ],
    // Lists at the top of the body.
    ['sendgrid', [], '[{"event":"bounce","sg_event_id":"e1"},{"event":"open","sg_event_id":"e2"}]', 'e1', 'bounce'],
    ['hubspot', [], '[{"eventId":100,"subscriptionType":"contact.creation"}]', '100', 'contact.creation'],
    ['twilio', [form], 'SmsStatus=sent&MessageStatus=delivered', null, 'delivered'],
  ])('%s %j %s', (provider, headers, body, id, event) => {
    expect(read(provider, headers, body)).toEqual({ id, event });
  });

  it.each([
    '',
    'null',
    '[]',
    '[[[[]]]]',
    '"text"',
    '7',
    '{',
    '\u0000',
    '\ufeff{"id":"evt_1"}',
    '{"id":{},"type":[]}',
    '{"id":true,"type":false}',
    '{"id":"","type":null}',
    '{"__proto__":{"id":"x","type":"y"}}',
    '{"constructor":{"prototype":{"id":"x"}}}',
    `{"id":"${'x'.repeat(501)}"}`,
    '['.repeat(100_000),
    `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
  ])('no provider finds anything in an odd body (case %#)', (body) => {
    expect(read('stripe', [], body)).toEqual({ id: null, event: null });
    for (const { id } of providers) expect(read(id, [], body), id).toEqual({ id: null, event: null });
  });

  it.each(['payload=%', 'payload', '&&=&', '%FF=%FF', 'payload={', 'command', 'payload=%00', '='.repeat(100_000)])(
    'finds nothing in the odd form (case %#)',
    (body) => {
      for (const { id } of providers) expect(read(id, [form], body), id).toEqual({ id: null, event: null });
    },
  );
});

describe('createValueReader', () => {
  it('gives the first source that has a value, and none of an empty list', () => {
    const reader = createValueReader([['B', 'two']], () => '{"c":"three"}');
    const [a, b, c]: ValueSource[] = [
      { from: 'header', name: 'A' },
      { from: 'header', name: 'B' },
      { from: 'json', path: 'c' },
    ];
    if (!a || !b || !c) throw new Error('unreachable');
    expect([reader([a, b, c]), reader([c, b]), reader([a]), reader([])]).toEqual(['two', 'three', null, null]);
  });

  it('asks for the body once, and not where headers or the URL suffice', () => {
    let asked = 0;
    const reader = createValueReader(
      [['a', '1']],
      () => {
        asked += 1;
        return '{"b":2}';
      },
      '/in?c=3',
    );
    expect([reader([{ from: 'header', name: 'A' }]), reader([{ from: 'query', name: 'c' }])]).toEqual(['1', '3']);
    expect(asked).toBe(0);
    expect([reader([{ from: 'json', path: 'b' }]), reader([{ from: 'form', name: 'b' }])]).toEqual(['2', null]);
    expect([reader([{ from: 'present', path: 'b', value: 'x' }]), reader([{ from: 'json', path: 'z' }])]).toEqual(['x', null]); // prettier-ignore
    expect(asked).toBe(1);
  });

  it('asks for a body that is no JSON once, too', () => {
    let asked = 0;
    const reader = createValueReader([], () => {
      asked += 1;
      return 'no';
    });
    expect([reader([{ from: 'json', path: 'a' }]), reader([{ from: 'json', path: 'b' }])]).toEqual([null, null]);
    expect(asked).toBe(1);
  });

  it.each<[string, string | null]>([
    ['7', '7'],
    ['-0.5', '-0.5'],
    ['0', '0'],
    ['1e3', '1000'],
    ['true', null],
    ['null', null],
    ['""', null],
    ['" "', ' '],
    ['"€"', '€'],
    ['[1]', null],
    ['{"a":1}', null],
    [`"${'x'.repeat(500)}"`, 'x'.repeat(500)],
    [`"${'x'.repeat(501)}"`, null],
  ])('takes text and numbers only, not too long: %s', (value, expected) => {
    expect(readOne({ from: 'json', path: 'v' }, { body: `{"v":${value}}` })).toBe(expected);
  });

  it('takes the first of repeated headers, whatever their case, but none that is empty', () => {
    const headers: HeaderPair[] = [
      ['X-Id', 'first'],
      ['x-id', 'second'],
      ['X-Empty', ''],
      ['X-Long', 'x'.repeat(501)],
    ];
    expect(readOne({ from: 'header', name: 'x-ID' }, { headers })).toBe('first');
    expect(readOne({ from: 'header', name: 'X-Empty' }, { headers })).toBeNull();
    expect(readOne({ from: 'header', name: 'X-Long' }, { headers })).toBeNull();
  });

  it('reaches into lists and deep members, and no further than they go', () => {
    const body = '{"a":[{"b":{"c":"deep"}}],"a.b":"dotted","0":"zero"}';
    expect(readOne({ from: 'json', path: 'a.0.b.c' }, { body })).toBe('deep');
    expect(readOne({ from: 'json', path: '0' }, { body })).toBe('zero');
    for (const path of ['a.1.b.c', 'a.b', 'a.-1', 'a.0.b.c.0', 'a.0.b.c.length', '', '.', 'a.', 'a..0']) {
      expect(readOne({ from: 'json', path }, { body }), path).toBeNull();
    }
  });

  it('reaches no prototype', () => {
    const paths = ['constructor.name', '__proto__', 'toString', '__proto__.constructor.name', 'hasOwnProperty.length'];
    for (const path of paths) {
      expect(readOne({ from: 'json', path }, { body: '{}' }), path).toBeNull();
      expect(readOne({ from: 'json', path }, { body: '[]' }), path).toBeNull();
      expect(readOne({ from: 'present', path, value: 'there' }, { body: '{}' }), path).toBeNull();
    }
  });

  describe('suffixes', () => {
    const source: ValueSource = {
      from: 'json',
      path: 'kind',
      suffix: [
        { from: 'json', path: 'action' },
        { from: 'present', path: 'deleted', value: 'deleted' },
        { from: 'query', name: 'action' },
        { from: 'header', name: 'X-Action' },
      ],
    };

    it.each<[string, string, string | null]>([
      ['{"kind":"page","action":"opened","deleted":true}', '/in?action=q', 'page.opened'],
      ['{"kind":"page","action":"","deleted":false}', '/in?action=q', 'page.deleted'],
      ['{"kind":"page"}', '/in?action=q', 'page.q'],
      ['{"kind":"page"}', '/in', 'page.h'],
      ['{"kind":7,"action":1}', '/in', '7.1'],
      ['{"action":"opened"}', '/in?action=q', null],
    ])('%s at %s', (body, target, expected) => {
      expect(readOne(source, { body, target, headers: [['x-action', 'h']] })).toBe(expected);
    });

    it('add nothing to a value that is there when they have none', () => {
      expect(readOne(source, { body: '{"kind":"page"}' })).toBe('page');
      expect(readOne({ from: 'json', path: 'kind', suffix: [] }, { body: '{"kind":"page"}' })).toBe('page');
    });

    it('follow a header as well', () => {
      const header: ValueSource = { from: 'header', name: 'X-Event', suffix: [{ from: 'json', path: 'action' }] };
      expect(readOne(header, { headers: [['x-event', 'issues']], body: '{"action":"opened"}' })).toBe('issues.opened');
      expect(readOne(header, { headers: [['x-event', 'issues']], body: 'none' })).toBe('issues');
      expect(readOne(header, { body: '{"action":"opened"}' })).toBeNull();
    });
  });

  describe('of a form', () => {
    it('takes the first field of a name, decoded', () => {
      const request = { headers: [form], body: 'a=x+%2B+y&a=z&%62=B&c' };
      expect(readOne({ from: 'form', name: 'a' }, request)).toBe('x + y');
      expect(readOne({ from: 'form', name: 'b' }, request)).toBe('B');
      expect(readOne({ from: 'form', name: 'c' }, request)).toBeNull();
    });

    it('keeps the fields that can be decoded beside those that cannot', () => {
      const request = { headers: [form], body: 'a=%&%E0%A4%A=1&b=2&=3' };
      expect(readOne({ from: 'form', name: 'a' }, request)).toBeNull();
      expect(readOne({ from: 'form', name: 'b' }, request)).toBe('2');
    });

    it('looks into JSON in a field, and is not misled by fields named like prototypes', () => {
      const request = { headers: [form], body: 'payload={"type":"t","n":{"m":4}}&__proto__=p&constructor=c' };
      expect(readOne({ from: 'form', name: 'payload', path: 'n.m' }, request)).toBe('4');
      expect(readOne({ from: 'form', name: 'payload', path: 'constructor.name' }, request)).toBeNull();
      expect(readOne({ from: 'form', name: '__proto__' }, request)).toBe('p');
      expect(readOne({ from: 'form', name: 'toString' }, request)).toBeNull();
    });

    it('does not take a form for JSON, nor JSON for a form', () => {
      const body = '{"a":"json"}';
      expect(readOne({ from: 'json', path: 'a' }, { headers: [form], body })).toBeNull();
      expect(readOne({ from: 'present', path: 'a', value: 'x' }, { headers: [form], body })).toBeNull();
      expect(readOne({ from: 'form', name: 'a' }, { body: 'a=1' })).toBeNull();
      // The type of a form, not a type that only begins with it.
      const similar: HeaderPair = ['Content-Type', 'application/x-www-form-urlencodedness'];
      expect(readOne({ from: 'form', name: 'a' }, { headers: [similar], body: 'a=1' })).toBeNull();
    });

    it('looks at a limited number of fields', () => {
      const body = `${'a=1&'.repeat(200_000)}z=last`;
      expect(readOne({ from: 'form', name: 'a' }, { headers: [form], body })).toBe('1');
      expect(readOne({ from: 'form', name: 'z' }, { headers: [form], body })).toBeNull();
    });
  });

  describe('of the query', () => {
    it.each<[string, string | null]>([
      ['https://hooks.example.test/in?challenge=a+b%2Bc', 'a b+c'],
      ['/in?x=1&challenge=first&challenge=second', 'first'],
      ['?challenge=bare', 'bare'],
      ['/in?c%68allenge=escaped', 'escaped'],
      ['/in?challenge=before#challenge=after', 'before'],
      ['/in?a=b?challenge=c', null],
      ['/in#?challenge=x', null],
      ['/in?challenge', null],
      ['/in?challenge=', null],
      ['/in?challenge=%', null],
      ['/in?challenge=%FF&challenge=good', 'good'],
      ['/in?Challenge=case', null],
      ['/in?x=1;challenge=2', null],
      ['/in', null],
      ['', null],
      ['/in?', null],
      ['/in?&&=&', null],
      [`/in?${'a&'.repeat(100_000)}challenge=late`, null],
    ])('%.60s', (target, expected) => {
      expect(readOne({ from: 'query', name: 'challenge' }, { target })).toBe(expected);
    });

    it('has no members but those that were sent', () => {
      expect(readOne({ from: 'query', name: 'toString' }, { target: '/in?a=1' })).toBeNull();
      expect(readOne({ from: 'query', name: '__proto__' }, { target: '/in?__proto__=1' })).toBe('1');
    });
  });

  it.each<[string, string | null]>([
    ['{"m":{}}', 'is there'],
    ['{"m":null}', 'is there'],
    ['{"m":false}', 'is there'],
    ['{"m":""}', 'is there'],
    ['{"n":1}', null],
    ['["m"]', null],
    ['m', null],
  ])('gives a fixed text where a member is there: %s', (body, expected) => {
    expect(readOne({ from: 'present', path: 'm', value: 'is there' }, { body })).toBe(expected);
  });
});

describe('holds', () => {
  const look = lookAt(
    [
      ['X-Version', 'v2'],
      ['X-Version', 'v1'],
      ['X-Empty', ''],
    ],
    '/in?mode=subscribe&empty=',
    () => '{"type":1,"text":"1","none":null,"no":false,"deep":{"list":[{"a":0}]}}',
  );

  it.each<[boolean, RequestCondition]>([
    [true, { from: 'header', name: 'x-version' }],
    [true, { from: 'header', name: 'x-version', value: 'v2' }],
    // The first of repeated headers decides, and text is compared exactly.
    [false, { from: 'header', name: 'x-version', value: 'v1' }],
    [false, { from: 'header', name: 'x-version', value: 'V2' }],
    [false, { from: 'header', name: 'x-version', absent: true }],
    [true, { from: 'header', name: 'x-other', absent: true }],
    [false, { from: 'header', name: 'x-other', value: '' }],
    // There, though empty.
    [true, { from: 'header', name: 'x-empty' }],
    [true, { from: 'header', name: 'x-empty', value: '' }],
    [false, { from: 'header', name: 'x-empty', absent: true }],
    [true, { from: 'query', name: 'mode', value: 'subscribe' }],
    [false, { from: 'query', name: 'Mode' }],
    [true, { from: 'query', name: 'empty' }],
    [true, { from: 'query', name: 'missing', absent: true }],
    [true, { from: 'json', path: 'type', value: 1 }],
    // A number is not its text, nor the other way round.
    [false, { from: 'json', path: 'type', value: '1' }],
    [false, { from: 'json', path: 'text', value: 1 }],
    [true, { from: 'json', path: 'deep.list.0.a', value: 0 }],
    [true, { from: 'json', path: 'none' }],
    [false, { from: 'json', path: 'none', absent: true }],
    [true, { from: 'json', path: 'no' }],
    [false, { from: 'json', path: 'deep', value: '[object Object]' }],
    [true, { from: 'json', path: 'deep.list.1', absent: true }],
    [true, { from: 'json', path: 'constructor', absent: true }],
    [true, { from: 'json', path: '__proto__', absent: true }],
  ])('%s: %j', (expected, condition) => {
    expect(holds(condition, look)).toBe(expected);
  });

  it('finds no JSON in a form or in nonsense, so that only `absent` holds', () => {
    for (const odd of [lookAt([form], '', () => '{"a":1}'), lookAt([], '', () => '{"a":1'), lookAt([], '', () => '')]) {
      expect(holds({ from: 'json', path: 'a' }, odd)).toBe(false);
      expect(holds({ from: 'json', path: 'a', absent: true }, odd)).toBe(true);
    }
  });
});

describe('lookAt', () => {
  it('parses each kind of body once, whoever asks, and only when asked', () => {
    let asked = 0;
    const text = (): string => {
      asked += 1;
      return 'a=1';
    };
    const look = lookAt([form], '/in?b=2', text);
    expect([look.header('content-TYPE'), look.query('b')]).toEqual([form[1], '2']);
    expect(asked).toBe(0);
    expect([look.form(), look.form()]).toEqual([[['a', '1']], [['a', '1']]]);
    expect(valueReader(look)([{ from: 'form', name: 'a' }])).toBe('1');
    expect(asked).toBe(1);
    expect([look.json(), look.json()]).toEqual([undefined, undefined]);
    expect(asked).toBe(2);
  });

  it('knows no form without the type of one, and does not ask for the body then', () => {
    let asked = 0;
    const look = lookAt([['Content-Type', 'text/plain']], '', () => {
      asked += 1;
      return 'a=1';
    });
    expect([look.form(), asked]).toEqual([null, 0]);
  });

  it('takes null for JSON, and remembers it', () => {
    let asked = 0;
    const look = lookAt([], '', () => {
      asked += 1;
      return 'null';
    });
    expect([look.json(), look.json(), asked]).toEqual([null, null, 1]);
  });
});

describe('valueAt and parseJson', () => {
  it('see own members only, of whatever they are given', () => {
    class Odd {
      readonly own = 1;
      get inherited(): number {
        return 2;
      }
    }
    expect([valueAt(new Odd(), 'own'), valueAt(new Odd(), 'inherited')]).toEqual([1, undefined]);
    for (const odd of [undefined, null, 7, 'text', true, () => 1]) {
      expect([valueAt(odd, 'length'), valueAt(odd, '0'), valueAt(odd, 'a.b')]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
    }
    const own: unknown = parseJson('{"__proto__":{"id":"x"}}');
    expect(valueAt(own, '__proto__.id')).toBe('x');
    expect(valueAt(own, 'id')).toBeUndefined();
    expect(Object.getPrototypeOf({})).not.toHaveProperty('id');
  });

  it('give undefined for text that is no JSON', () => {
    expect(['', '{', 'undefined', '01', "{'a':1}", '{"a":1,}'].map(parseJson)).toEqual(Array(6).fill(undefined));
    expect(['0', 'null', ' [] '].map(parseJson)).toEqual([0, null, []]);
  });
});
