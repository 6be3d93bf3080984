// Types of odd bodies: what comes out must compile, must accept its own examples, and must hold captured text as data only.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, expect, test } from 'vitest';
import type { TypeLanguage } from '../../../../src/shared/generated-types.ts';
import { makeTypes } from '../../../../src/main/type-generator/make-types.ts';

const folder = mkdtempSync(join(tmpdir(), 'hookbench-types-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function make(language: TypeLanguage, ...bodies: readonly (string | Uint8Array)[]) {
  const samples = bodies.map((body, at) => ({
    id: `req_${at}`,
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  }));
  return makeTypes({ language, name: 'InvoicePaid', samples });
}

test('several samples of an event make one interface with optional properties', async () => {
  const { text, samples, skipped } = await make(
    'typescript',
    '{"id":"evt_1","amount":5,"lines":[{"sku":"a"},{"sku":"b","note":null}]}',
    '{"id":"evt_2","amount":5.5,"lines":[],"live":true}',
  );
  expect({ samples, skipped }).toEqual({ samples: 2, skipped: [] });
  expect(text.replaceAll(/: +/g, ': ')).toBe(
    `export interface InvoicePaid {
    id: string;
    amount: number;
    lines: Line[];
    live?: boolean;
}

export interface Line {
    sku: string;
    note?: null;
}
`,
  );
});

test('a body that is a list or a plain value has a type of its own', async () => {
  expect((await make('typescript', '[{"a":1},{"a":2}]')).text).toContain(
    'export type InvoicePaid = InvoicePaidElement[];',
  );
  expect((await make('typescript', '[1,"x"]')).text).toBe('export type InvoicePaid = Array<number | string>;\n');
  expect((await make('typescript', '"x"')).text).toBe('export type InvoicePaid = string;\n');
  expect((await make('typescript', '{"a":1}', '[1]')).text).toContain(
    'export type InvoicePaid = number[] | InvoicePaidClass;',
  );
});

test('the order in which requests came does not show, and no captured value does', async () => {
  const bodies = ['{"b":1,"token":"sk_CANARY"}', '{"a":{"c":"CANARY"}}', '[1]'];
  for (const language of ['typescript', 'json-schema'] as const) {
    const first = (await make(language, ...bodies)).text;
    expect((await make(language, ...bodies.toReversed())).text).toBe(first);
    expect(first).not.toContain('CANARY');
  }
});

test('a schema states its draft and lets further properties come', async () => {
  const schema = JSON.parse(
    (await make('json-schema', '{"id":1,"items":[{"required":[],"additionalProperties":false}]}')).text,
  ) as unknown;
  expect(schema).toEqual({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $ref: '#/$defs/InvoicePaid',
    $defs: {
      InvoicePaid: {
        type: 'object',
        properties: { id: { type: 'integer' }, items: { type: 'array', items: { $ref: '#/$defs/Item' } } },
        required: ['id', 'items'],
        title: 'InvoicePaid',
      },
      Item: {
        type: 'object',
        properties: { required: { type: 'array', items: {} }, additionalProperties: { type: 'boolean' } },
        required: ['additionalProperties', 'required'],
        title: 'Item',
      },
    },
  });
});

test('`__proto__` is a property like any other, in both languages', async () => {
  const body = '{"__proto__":{"admin":true},"id":1}';
  const { text } = await make('json-schema', body);
  const schema = JSON.parse(text) as { $defs: Record<string, { properties: object; required: string[] }> };
  expect(Object.keys(schema.$defs['InvoicePaid']?.properties ?? {})).toContain('__proto__');
  expect(schema.$defs['InvoicePaid']?.required).toEqual(['__proto__', 'id']);
  expect((await make('typescript', body)).text).toMatch(/^ {4}__proto__: +Proto;$/m);
});

test('what cannot be an example is left out with its reason', async () => {
  const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 4_000 }, (_, at) => [`k${at}`, at])));
  const { samples, skipped } = await make(
    'typescript',
    '',
    'a=1&b=2',
    new Uint8Array([0x7b, 0xff, 0x7d]),
    `${'['.repeat(65)}${']'.repeat(65)}`,
    '['.repeat(1_000_000),
    wide,
    `{"${'x'.repeat(1_001)}":1}`,
    '{"good":true}',
  );
  expect(samples).toBe(1);
  expect(skipped.map(({ id, reason }) => `${id} ${reason}`)).toEqual([
    'req_0 It has no body.',
    'req_1 Its body is not JSON.',
    'req_2 Its body is not text in UTF-8.',
    'req_3 Its JSON is nested deeper than 64 levels.',
    'req_4 Its JSON is nested deeper than 64 levels.',
    'req_5 It has too many different properties: 3,000 in all is the most.',
    'req_6 The name of a property is longer than 1,000 characters.',
  ]);
  expect(await make('typescript', 'no')).toMatchObject({ text: '', samples: 0 });
});

test('whole numbers beyond 2^53 and repeated properties are told', async () => {
  const { notes } = await make('typescript', '{"n":12345678901234567890,"n":1,"m":9007199254740993}');
  expect(notes).toHaveLength(2);
  expect(notes.join(' ')).toMatch(/2\^53.*twice/);
  expect((await make('typescript', '{"n":9007199254740991,"o":1.5,"p":{"n":1}}')).notes).toEqual([]);
});

test('a list of thousands and the deepest JSON that is taken are quick', async () => {
  const members = Array.from({ length: 9_000 }, (_, at) => ({ id: `evt_${at}`, customer: { id: at, tags: ['a'] } }));
  const list = JSON.stringify({ data: members });
  expect((await make('json-schema', list)).text).toContain('"customer"');
  const deep = `${'{"a":['.repeat(32)}${']}'.repeat(32)}`;
  expect((await make('typescript', deep)).text.match(/export interface/g)).toHaveLength(32);
});

/** 300 bodies with everything that a stranger may put into names. */
function oddBodies(): unknown[] {
  let state = 42;
  const next = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const words = (
    '__proto__|constructor|toString|prototype|array|Array|date|Object|string|type|interface|class|export|any|unknown|' +
    'never|default|a-b|a b|1st|$ref|$defs|definitions|properties|required|items|anyOf|title|InvoicePaid|invoice_paid|' +
    'invoicePaid|*/ evil() /*|"; evil(); //|`${evil()}`|\\|\\u0041|\n|\r\n|\u2028|\u0000|\ud800|😀|ключ|名前|é|e\u0301|' +
    '</script>|{|}|;|a|A|id|ID|Id|url|URL|data|Data|datum|items|Item|_|$|0|-1|true|null|undefined|NaN|length|name|' +
    'InvoicePaidElement|InvoicePaidClass|\u0000__proto__x|\u200b|\u202e|get|set|readonly|new|async|[key: string]'
  ).split('|');
  const value = (depth: number): unknown => {
    const kind = next(depth > 3 ? 6 : 9);
    if (kind === 0) return null;
    if (kind === 1) return next(2) === 0;
    if (kind === 2) return next(1_000_000);
    if (kind === 3) return next(1_000) / 7;
    if (kind === 4) return words[next(words.length)];
    if (kind === 5) return [];
    if (kind === 6) return Array.from({ length: next(5) }, () => value(depth + 1));
    return object(depth);
  };
  const object = (depth: number): unknown => {
    const entries = Array.from({ length: next(7) }, () => [words[next(words.length)], value(depth + 1)] as const);
    // JSON.parse, since only it makes `__proto__` an ordinary property.
    return JSON.parse(
      `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${JSON.stringify(inner)}`).join(',')}}`,
    );
  };
  return Array.from({ length: 300 }, (_, at) => (at % 10 === 0 ? value(0) : object(0)));
}

test(
  'the types of 300 odd bodies compile, and accept the bodies they were made from',
  { timeout: 120_000 },
  async () => {
    const files: string[] = [];
    for (const [at, body] of oddBodies().entries()) {
      const json = JSON.stringify(body);
      const { text } = await make('typescript', json);
      // The body itself as a literal of the type; `__proto__` in a literal would be no property.
      const literal = json.includes('"__proto__"') ? '' : `export const sample: InvoicePaid = ${json};\n`;
      const file = join(folder, `odd-${at}.ts`);
      writeFileSync(file, `${text}${literal}`);
      files.push(file);
    }
    const tsc = resolve('node_modules/typescript/bin/tsc');
    const flags = [
      '--ignoreConfig',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2023',
      '--module',
      'esnext',
      '--types',
      '',
    ];
    try {
      execFileSync(process.execPath, [tsc, ...flags, ...files], { encoding: 'utf8', stdio: 'pipe' });
    } catch (error) {
      expect.fail((error as { readonly stdout: string }).stdout.slice(0, 4_000));
    }
  },
);

test(
  'the schemas of 300 odd bodies are valid and accept the bodies they were made from',
  { timeout: 60_000 },
  async () => {
    for (const body of oddBodies()) {
      const json = JSON.stringify(body);
      // Half of a surrogate pair in a name is more than ajv can take.
      if (json.includes(String.raw`\ud800`)) continue;
      const { text } = await make('json-schema', json);
      const ajv = new Ajv2020({ strict: true, strictTypes: false, ownProperties: true });
      const validate = ajv.compile(JSON.parse(text) as object);
      expect(validate(JSON.parse(json)), `${json}\n${text}\n${JSON.stringify(validate.errors)}`).toBe(true);
    }
  },
);
