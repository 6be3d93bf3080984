// Look-ups in answers: each name, each kind of answer, and requests that try to break out of them.

import { describe, expect, it } from 'vitest';
import { parseTemplate } from '../../../../src/main/receiver/look-ups.ts';
import type { HeaderPair } from '../../../../src/shared/headers.ts';
import { answerOf, factsOf, options } from './reply-facts.ts';

type Sent = Parameters<typeof factsOf>[1];

const json: HeaderPair = ['Content-Type', 'application/json'];
const html: HeaderPair = ['content-type', 'text/html; charset=utf-8'];

const fill = (body: string, headers: readonly HeaderPair[] = [], sent: Sent = {}) =>
  parseTemplate(answerOf(200, { body, headers }), options).fill(factsOf({}, sent));
const bodyOf = (body: string, headers: readonly HeaderPair[] = [], sent: Sent = {}) => fill(body, headers, sent).body;
const sentHeader = (value: string): Sent => ({ headers: [['X-Evil', value]] });
const sentJson = (value: unknown): Sent => ({ body: JSON.stringify(value) });

describe('a look-up', () => {
  it.each([
    ['{{id}}', 'req_00000000000000000000'],
    ['{{method}} {{path}}', 'POST /in/shop'],
    ['{{event}}/{{deliveryId}}', 'invoice.paid/evt_1'],
    ['{{now}} {{unix}}', '2023-11-14T22:13:20.123Z 1700000000'],
    ['{{uuid}}', '00000000-0000-4000-8000-000000000000'],
    ['{{query.mode}}|{{query.q}}|{{query.nope}}', 'Live|a b|'],
    ['{{header.x-KIND}}|{{header.nope}}', 'Alpha|'],
    ['{{ id }}', 'req_00000000000000000000'],
    ['{{nope}}{{}}{{query}}{{body.}}{{constructor}}{{body.constructor}}', ''],
    ['{id} {{id} {{{id}}} }}', '{id} {{id} {req_00000000000000000000} }}'],
  ])('%s gives %s', (template, text) => {
    expect(bodyOf(template)).toBe(text);
  });

  it('reaches into a JSON body', () => {
    const sent = sentJson({ a: { b: ['x', 2, true, null, { c: 'd' }] }, s: 'text' });
    expect(bodyOf('{{body.a.b.0}} {{body.a.b.1}} {{body.a.b.2}} {{body.a.b.3}} {{body.a.b.4}}', [], sent)).toBe(
      'x 2 true null {"c":"d"}',
    );
    expect(bodyOf('{{body.s}}{{body.nope}}', [], { body: 'no json' })).toBe('');
    expect(bodyOf('{{body.s}}', [], { body: `{"s":"x"}${' '.repeat(1_048_576)}` })).toBe('');
  });

  it('that holds nothing for this request is empty', () => {
    const facts = factsOf({ event: null, deliveryId: null });
    expect(parseTemplate(answerOf(200, { body: '[{{event}}{{deliveryId}}]' }), options).fill(facts).body).toBe('[]');
  });

  it('is replaced once: what is inserted is never read again', () => {
    expect(bodyOf('{{header.x-evil}}', [], sentHeader('{{body.y}}{{id}}'))).toBe('{{body.y}}{{id}}');
    expect(bodyOf('{{body.a}}id}}', [], sentJson({ a: '{{' }))).toBe('{{id}}');
    expect(fill('', [['X-Echo', '{{header.x-evil}}']], sentHeader('{{id}}')).headers[0]).toEqual(['X-Echo', '{{id}}']);
  });
});

describe('in a JSON answer', () => {
  const hostile = '"},{"admin":true,"x":"\\\r\n\u2028\u0000';

  it('text can neither end its string nor add to the answer', () => {
    const body = bodyOf('{"echo":"{{body.v}}","n":1}', [json], sentJson({ v: hostile }));
    expect(JSON.parse(String(body))).toEqual({ echo: hostile, n: 1 });
    const both = bodyOf('{"a":"x \\" {{body.v}}","b":"{{query.mode}}"}', [json], sentJson({ v: hostile }));
    expect(JSON.parse(String(both))).toEqual({ a: `x " ${hostile}`, b: 'Live' });
  });

  it.each(['application/json; charset=utf-8', 'application/problem+JSON', 'text/json'])(
    'of the type %s too',
    (type) => {
      const body = bodyOf('{"a":"{{body.v}}"}', [['CONTENT-TYPE', type]], sentJson({ v: '"' }));
      expect(JSON.parse(String(body))).toEqual({ a: '"' });
    },
  );

  it('anything but text stands as JSON outside of quotes, and as text within', () => {
    const sent = sentJson({ o: { a: ['"'] }, n: 1.5, t: true, z: null });
    expect(bodyOf('{"s":"\\" {{body.o}}"}', [json], sent)).toBe('{"s":"\\" {\\"a\\":[\\"\\\\\\"\\"]}"}');
    const template = '{"o":{{body.o}},"n":{{body.n}},"t":{{ body.t }},"z":{{body.z}},"s":"{{body.o}}","at":{{unix}}}';
    expect(JSON.parse(String(bodyOf(template, [json], sent)))).toEqual({
      o: { a: ['"'] },
      n: 1.5,
      t: true,
      z: null,
      s: '{"a":["\\""]}',
      at: 1_700_000_000,
    });
  });

  it.each([
    '1,"admin":true',
    '1],"admin":true',
    '1,2,{}',
    '1}',
    'text',
    '"text"',
    '',
    '01',
    'NaN',
    'undefined',
    '{a:1}',
    '[1',
    'true false',
    hostile,
  ])('text outside of quotes is one string: %j', (v) => {
    const target = `/?ids=${encodeURIComponent(v)}`;
    expect(JSON.parse(String(bodyOf('{"ids":[{{query.ids}}]}', [json], { target })))).toEqual({ ids: [v] });
    expect(JSON.parse(String(bodyOf('{"a":{{body.v}},"b":1}', [json], sentJson({ v }))))).toEqual({ a: v, b: 1 });
  });

  it('what the request does not hold is null as a field of its own, and nothing elsewhere', () => {
    const sent = sentJson({});
    expect(bodyOf('{"a":{{body.v}}, "b": {{query.v}} }', [json], sent)).toBe('{"a":null, "b": null }');
    expect(
      bodyOf('{"a":[{{body.v}}],"b":{{body.v}}{{body.w}},"c":"{{body.v}}","d":"x:{{body.v}},"}', [json], sent),
    ).toBe('{"a":[],"b":,"c":"","d":"x:,"}');
    expect(bodyOf('{"a":{{body.v}}}', [], sent)).toBe('{"a":}');
  });

  it.each(['1', '-0.5e3', 'true', 'false', 'null', '{"a":[1]}', '[1,2]'])(
    'text outside of quotes that is one value stays: %s',
    (v) => {
      expect(bodyOf('{"a":{{body.v}}}', [json], sentJson({ v }))).toBe(`{"a":${v}}`);
    },
  );
});

describe('in HTML and XML', () => {
  it.each([
    'text/html',
    'application/xml',
    'application/soap+xml',
    'image/svg+xml',
    'application/xhtml+xml',
    'application/json, text/html',
  ])('markup is escaped: %s', (type) => {
    expect(bodyOf('<p title="{{body.v}}">', [['Content-Type', type]], sentJson({ v: `<script>'"&` }))).toBe(
      '<p title="&lt;script&gt;&#39;&quot;&amp;">',
    );
  });

  it('markup is escaped where the request chose the type', () => {
    const headers: readonly HeaderPair[] = [['Content-Type', '{{header.x-evil}}']];
    const sent = { ...sentHeader('text/html'), ...sentJson({ v: '<b>' }) };
    expect(bodyOf('{{body.v}}', headers, sent)).toBe('&lt;b&gt;');
  });

  it('and nowhere else', () => {
    expect(bodyOf('{{body.v}}', [['Content-Type', 'text/plain']], sentJson({ v: '<b>"' }))).toBe('<b>"');
    expect(bodyOf('{{body.v}}', [], sentJson({ v: '<b>"' }))).toBe('<b>"');
    expect(bodyOf('{{body.v}}', [['Content-Type', 'text/plain; x=a/html']], sentJson({ v: '<' }))).toBe('<');
  });
});

describe('in a header', () => {
  it('line breaks and control characters are removed', () => {
    const sent = sentJson({ v: 'a\r\nX-Injected: 1\u0000\t\u007fb' });
    expect(fill('', [['X-Echo', '<{{body.v}}>']], sent).headers[0]).toEqual(['X-Echo', '<aX-Injected: 1b>']);
  });

  it('text becomes UTF-8, and bytes of a header stay', () => {
    const { headers } = fill('', [['X-Echo', '{{body.v}}|{{header.x-evil}}']], {
      ...sentHeader('\xE9'),
      ...sentJson({ v: 'é€' }),
    });
    expect(headers[0]?.[1]).toBe('\xC3\xA9\xE2\x82\xAC|\xE9');
  });

  it('a value does not grow without end', () => {
    const { headers } = fill('', [['X-Echo', '{{body.v}}{{body.v}}']], sentJson({ v: 'x'.repeat(500_000) }));
    expect(headers[0]?.[1]).toHaveLength(8_192);
  });
});

describe('an answer that reflects', () => {
  const nosniff: HeaderPair = ['X-Content-Type-Options', 'nosniff'];

  it.each(['{{header.a}}', '{{query.a}}', '{{body.a}}', '{{path}}', '{{method}}', '{{event}}', '{{deliveryId}}'])(
    '%s is not to be sniffed',
    (template) => {
      expect(fill(template, [json]).headers).toEqual([json, nosniff]);
      expect(fill('', [['X-Echo', template]]).headers).toContainEqual(nosniff);
    },
  );

  it('keeps what a person said about that', () => {
    const mine: HeaderPair = ['x-content-type-OPTIONS', 'none'];
    expect(fill('{{path}}', [mine]).headers).toEqual([mine]);
  });

  it.each(['{{id}} {{now}} {{unix}} {{uuid}}', 'nothing'])(
    'nothing of the request needs none of it: %s',
    (template) => {
      expect(fill(template, [html]).headers).toEqual([html]);
    },
  );
});

describe('a template', () => {
  it('without look-ups is one plan for ever', () => {
    const template = parseTemplate(answerOf(201, { body: '{"a":{}}', headers: [json] }), options);
    expect(template.fixed).toBe(template.fill(factsOf()));
    expect(parseTemplate(answerOf(201, { body: '{{id}}' }), options).fixed).toBeNull();
  });

  it('does not let a request make an endless answer', () => {
    const started = performance.now();
    const body = bodyOf('{{body.v}}'.repeat(10_000), [json], sentJson({ v: '"'.repeat(500_000) }));
    expect(String(body).length).toBeLessThanOrEqual(4_194_304);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('survives JSON that is nested without end', () => {
    const depth = 400_000;
    expect(bodyOf('[{{body.v}}]', [], { body: `{"v":${'['.repeat(depth)}${']'.repeat(depth)}}` })).toMatch(/^\[.*\]$/);
  });

  it('is read in no time, whatever it holds', () => {
    const started = performance.now();
    for (const text of ['{{'.repeat(500_000), '{{a'.repeat(300_000), '"\\'.repeat(500_000)]) bodyOf(text);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});
