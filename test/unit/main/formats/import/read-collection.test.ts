// Files that anyone may have written: other tools' shapes, hostile ones, damaged ones.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportRequests } from '../../../../../src/main/formats/export.ts';
import type { ExportFormat } from '../../../../../src/main/formats/export.ts';
import { maxRequests } from '../../../../../src/main/formats/import/plan.ts';
import type { ImportPlan } from '../../../../../src/main/formats/import/plan.ts';
import { readCollection } from '../../../../../src/main/formats/import/read-collection.ts';
import { AppError } from '../../../../../src/shared/errors.ts';
import { oddRows, seeded } from '../../../../support/odd-requests.ts';

const hostile = join(import.meta.dirname, '../../../../fixtures/hostile/import');

function read(text: string): ImportPlan {
  return readCollection(new TextEncoder().encode(text));
}

function textOf(body: Uint8Array | undefined): string {
  return new TextDecoder().decode(body);
}

describe('hostile files', () => {
  it.each(readdirSync(hostile))('%s is refused with a reason or cleaned, and changes nothing', (name) => {
    let plan: ImportPlan | null = null;
    try {
      plan = readCollection(readFileSync(join(hostile, name)));
    } catch (error) {
      expect(error).toBeInstanceOf(AppError);
      expect((error as AppError).code).toBe('IMPORT_INVALID');
      expect((error as AppError).message).toMatch(/\w{3,}.*\.$/);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    for (const request of plan?.requests ?? []) {
      expect(JSON.stringify(request.headers)).not.toMatch(/\\r|\\n/);
      expect(request.target).toMatch(/^\S+$/);
    }
  });

  it('a Postman script is dropped and said so', () => {
    const plan = readCollection(readFileSync(join(hostile, 'imp-postman-script.json')));
    expect(plan.requests).toHaveLength(1);
    expect(plan.leftOut).toContainEqual({ place: 'item 1', message: 'Its scripts were dropped.' });
  });

  it('a HAR body that is no base64 leaves its entry out with a reason', () => {
    expect(readCollection(readFileSync(join(hostile, 'imp-har-base64.json'))).leftOut).toContainEqual({
      place: 'entry 1',
      message: 'Its body says that it is base64 and is not.',
    });
  });

  it.each([
    ['an array of arrays', '['.repeat(2_000) + ']'.repeat(2_000), /nested deeper than 64/],
    [
      'YAML that multiplies',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghij'
        .split('')
        .map((c, n) => `${c}: &${c} [${Array(9).fill(`*${'abcdefghij'[n]}`).join(',')}]`)
        .join('\n')}\n`,
      /YAML|collection/,
    ],
    ['nothing', '  \n', /empty/],
    ['bytes', null, /UTF-8/],
    ['a cut Hookbench collection', '{"type":"hookbench","version":1}\n{"type":"request","me', /Line 2/],
    ['a newer Hookbench collection', '{"type":"hookbench","version":9}\n{"type":"end"}\n', /version 9/],
    ['a quote without an end', `curl 'http://127.0.0.1/ -d x`, /quote/],
    ['OpenAPI without webhooks', '{"openapi":"3.1.0","paths":{}}', /no webhooks/],
    ['too many requests', 'curl http://127.0.0.1/\n'.repeat(maxRequests + 1), /more than 10000/],
  ])('%s is refused, and the message says why', (_, text, message) => {
    const bytes = text === null ? Uint8Array.of(0xff, 0xfe, 0x80) : new TextEncoder().encode(text);
    expect(() => readCollection(bytes)).toThrow(message);
  });

  it.each(['file:///etc/passwd', 'ftp://h/', 'javascript:alert(1)', 'mailto:a@b'])(
    'the scheme of %s is left out',
    (url) => {
      const plan = read(JSON.stringify({ info: {}, item: [{ request: { method: 'GET', url } }] }));
      expect(plan.requests).toEqual([]);
      expect(plan.leftOut[0]?.message).toMatch(/neither http nor https/);
    },
  );

  it('a few bytes that stand for gigabytes are refused or left out, at once', () => {
    const doubling = Array.from({ length: 40 }, () => '@a={{a}}{{a}}').join('\n');
    expect(() => read(`@a=x\n${doubling}\nPOST http://127.0.0.1/\n\n{{a}}\n`)).toThrow(/multiply/);
    const schemas = Object.fromEntries(
      Array.from({ length: 8 }, (_, level) => [
        `l${level}`,
        {
          type: 'object',
          properties: Object.fromEntries(
            Array.from({ length: 20 }, (__, n) => [`p${n}`, { $ref: `#/components/schemas/l${level + 1}` }]),
          ),
        },
      ]),
    );
    const plan = read(
      JSON.stringify({
        openapi: '3.1.0',
        webhooks: {
          big: {
            post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/l0' } } } } },
          },
        },
        components: { schemas: { ...schemas, l8: { type: 'string' } } },
      }),
    );
    expect(plan.requests).toEqual([]);
    expect(plan.leftOut[0]?.message).toMatch(/too large for an example/);
  });

  it('numbers that no row can hold are left out', () => {
    const line = (fields: object) => JSON.stringify({ type: 'request', method: 'POST', target: '/', ...fields });
    const { requests } = read(
      [line({ receivedAt: 1e16 }), line({ size: 1e16, truncated: true }), line({ receivedAt: -1 })].join('\n'),
    );
    expect(requests.map(({ known }) => [known.receivedAt, known.size])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      [undefined, undefined],
    ]);
    const item = { request: { method: 'POST', url: 'http://127.0.0.1/' }, _hookbench: { receivedAt: 1e16 } };
    expect(read(JSON.stringify({ info: {}, item: [item] })).requests[0]?.known).toEqual({});
  });

  it('1,000 seeded mutations of valid files end in a plan or a refusal', async () => {
    const formats: ExportFormat[] = [
      'hookbench',
      'har',
      'postman',
      'opencollection',
      'curl',
      'http',
      'openapi',
      'jsonl',
    ];
    const rows = oddRows(6, 3);
    const random = seeded(99);
    let refused = 0;
    for (const format of formats) {
      let text = '';
      await exportRequests({ format, rows, redact: null, version: '1', write: (chunk) => void (text += chunk) });
      const valid = new TextEncoder().encode(text);
      for (let n = 0; n < 125; n += 1) {
        const bytes = Uint8Array.from(valid);
        for (let flips = 0; flips < 1 + random() * 6; flips += 1)
          bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
        const cut = random() < 0.3 ? bytes.subarray(0, Math.floor(random() * bytes.length)) : bytes;
        try {
          readCollection(cut);
        } catch (error) {
          expect(error, `${format}, mutation ${n}: ${String(error)}`).toBeInstanceOf(AppError);
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(100);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('other tools', () => {
  it('Postman: folders, variables, forms', () => {
    const { requests, leftOut } = read(
      JSON.stringify({
        info: { name: 'x', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
        variable: [{ key: 'base', value: 'http://127.0.0.1:3000' }],
        item: [
          {
            name: 'folder',
            item: [
              {
                request: {
                  method: 'PUT',
                  url: { raw: '{{base}}/in/{{unknown}}?a=1', host: ['{{base}}'] },
                  auth: { type: 'bearer', bearer: [{ key: 'token', value: 'not-a-real-token' }] },
                  header: [
                    { key: 'X-A', value: '1' },
                    { key: 'X-Off', value: '2', disabled: true },
                  ],
                  body: { mode: 'urlencoded', urlencoded: [{ key: 'a b', value: 'c&d' }] },
                },
              },
            ],
          },
          { request: { method: 'POST', url: 'http://127.0.0.1/', body: { mode: 'formdata', formdata: [] } } },
        ],
      }),
    );
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ method: 'PUT', target: '/in/{{unknown}}?a=1' });
    expect(requests[0]?.headers).toEqual([
      ['Host', '127.0.0.1:3000'],
      ['X-A', '1'],
    ]);
    expect(textOf(requests[0]?.body)).toBe('a+b=c%26d');
    expect(leftOut.map(({ place, message }) => `${place}: ${message}`)).toEqual([
      'item 1, item 1: Its credentials were dropped.',
      'item 2: Its body is a form or a file that the collection does not hold.',
    ]);
  });

  it('OpenCollection as Bruno writes it, in YAML', () => {
    const plan = read(
      [
        'opencollection: 1.0.0',
        'info:',
        '  name: Webhooks',
        'items:',
        '  - info:',
        '      name: paid',
        '      type: http',
        '    http:',
        '      method: POST',
        '      url: http://127.0.0.1:4100/in/stripe',
        '      headers:',
        '        - name: content-type',
        '          value: application/json',
        '      body:',
        '        type: json',
        '        data: |-',
        '          {"id":"evt_1"}',
        '',
      ].join('\n'),
    );
    expect(plan.format).toBe('opencollection');
    expect(plan.requests[0]).toMatchObject({ method: 'POST', target: '/in/stripe' });
    expect(textOf(plan.requests[0]?.body)).toBe('{"id":"evt_1"}');
  });

  it('cURL as browsers copy it, and several commands at once', () => {
    const { requests } = read(
      [
        `curl 'http://127.0.0.1:4100/in?x=1' \\`,
        `  -H 'accept: */*' \\`,
        `  -H 'content-type: application/json' \\`,
        `  --data-raw $'{"a":"it\\'s \\u00e9"}' --compressed`,
        `curl -sS -XDELETE https://example.test/thing`,
        `curl --json '{"b":2}' example.test:8080/in -G`,
        '',
      ].join('\n'),
    );
    expect(requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'POST /in?x=1',
      'DELETE /thing',
      'GET /in?{"b":2}',
    ]);
    expect(textOf(requests[0]?.body)).toBe(`{"a":"it's é"}`);
  });

  it('short cURL options stand together, and options with values keep them', () => {
    const { requests, leftOut } = read(
      [
        `curl -sX POST https://example.test/hook -d '{}'`,
        `curl -so /dev/null https://example.test/a`,
        `curl --oauth2-bearer not-a-token https://example.test/b`,
        `curl -kH 'X-A: y' https://example.test/c`,
        `curl https://example.test/d -d @-`,
      ].join('\n'),
    );
    expect(requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      'POST /hook',
      'GET /a',
      'GET /b',
      'GET /c',
    ]);
    expect(requests[3]?.headers).toContainEqual(['X-A', 'y']);
    expect(leftOut).toEqual([{ place: 'line 5', message: 'Its body is standard input, which is not in the text.' }]);
  });

  it('a cURL body from a file is never read', () => {
    const { requests, leftOut } = read(`curl http://127.0.0.1/ -d @/etc/passwd`);
    expect(requests).toEqual([]);
    expect(leftOut[0]?.message).toContain('/etc/passwd');
  });

  it('an .http file with variables, a script and a file', () => {
    const { requests, leftOut } = read(
      [
        '@host = http://127.0.0.1:4100',
        '### one',
        'POST {{host}}/in HTTP/1.1',
        'Content-Type: application/json',
        '',
        '{"a":1}',
        '',
        '> {% client.global.set("x", 1) %}',
        '### two',
        'POST {{host}}/in',
        '',
        '< ./secret.json',
        '',
      ].join('\n'),
    );
    expect(requests).toHaveLength(1);
    expect(textOf(requests[0]?.body)).toBe('{"a":1}');
    expect(leftOut.map(({ message }) => message)).toEqual([
      'A script was dropped.',
      'Its body is the file "./secret.json", which is not read.',
    ]);
  });

  it('OpenAPI webhooks give their examples, or one made from the schema', () => {
    const { requests } = read(
      JSON.stringify({
        openapi: '3.1.0',
        info: { title: 'x', version: '1' },
        webhooks: {
          'order.created': {
            post: { requestBody: { content: { 'application/json': { example: { id: 'ord_1' } } } } },
          },
          'order.paid': {
            post: {
              requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } } },
            },
          },
        },
        components: { schemas: { Order: { type: 'object', properties: { id: { type: 'string', const: 'ord_2' } } } } },
      }),
    );
    expect(requests.map(({ known, body }) => [known.event, JSON.parse(textOf(body))])).toEqual([
      ['order.created', { id: 'ord_1' }],
      ['order.paid', { id: 'ord_2' }],
    ]);
  });
});
