import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HeaderPair } from '../../../src/shared/headers.ts';
import { curlCommand } from '../../../src/main/formats/curl.ts';
import { exportRequests } from '../../../src/main/formats/export.ts';
import { makeRow } from '../../unit/main/formats/rows.ts';
import { startRawServer } from './raw-server.ts';
import type { RawRequest, RawServer } from './raw-server.ts';

interface Payload {
  readonly id: string;
  readonly file: string;
  readonly contentType: string;
  readonly headers?: Record<string, string>;
  readonly query?: string;
}

const fixtures = new URL('../../fixtures/hostile/', import.meta.url);
const payloads = JSON.parse(readFileSync(new URL('payload-index.json', fixtures), 'utf8')) as Payload[];
const shells = ['sh', 'bash'].filter((shell) => spawnSync(shell, ['-c', ':']).status === 0);

let server: RawServer;
let folder: string;

beforeAll(async () => {
  server = await startRawServer();
  folder = mkdtempSync(join(tmpdir(), 'hookbench-curl-'));
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => void (server.requests.length = 0));

/** Runs a script with a shell that has no start-up files; resolves with its exit code and stderr. */
function run(script: string, shell: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], HOME: folder };
    const child = spawn(shell, [], { cwd: folder, env, stdio: ['pipe', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve(`exit ${code} ${code === 0 ? '' : errors}`.trim()));
    child.stdin.end(script);
  });
}

async function send(row: ReturnType<typeof makeRow>, shell = 'sh'): Promise<RawRequest> {
  const before = server.requests.length;
  expect(await run(curlCommand(row, { origin: server.origin }), shell)).toBe('exit 0');
  expect(server.requests).toHaveLength(before + 1);
  return server.requests[before] as RawRequest;
}

const framing = new Set(['host', 'content-length']);
const own = (headers: readonly HeaderPair[]) => headers.filter(([name]) => !framing.has(name.toLowerCase()));

describe('the cURL command, run by a shell', () => {
  it.each(payloads)('sends the bytes and headers of $id', async ({ file, contentType, headers = {}, query = '' }) => {
    const body = readFileSync(new URL(`payload/${file}`, fixtures));
    const pairs: HeaderPair[] = [
      ['Host', 'x.example'],
      ['Content-Type', contentType],
      ['Content-Length', String(body.byteLength)],
      ...Object.entries(headers),
    ];
    const got = await send(makeRow({ headers: pairs, target: `/hook${query}` }, body));
    expect(createHash('sha256').update(got.body).digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
    expect(own(got.headers)).toEqual(own(pairs));
    expect(got.headers.filter(([name]) => name.toLowerCase() === 'host')).toEqual([['Host', 'x.example']]);
    expect(`${got.method} ${got.target} ${got.version}`).toBe(`POST /hook${query} HTTP/1.1`);
  });

  const everyByte = Array.from({ length: 256 }, (_, i) => i).filter((i) => i === 9 || (i >= 0x20 && i !== 0x7f));
  const nasty: HeaderPair[] = [
    ['X-Quote', `'; touch pwned; '`],
    ['X-Subst', '$(touch pwned) `touch pwned` ${HOME} $HOME'],
    ['X-Double', '"$(touch pwned)" \\" \\\\ \\n %s %% %n !! !1'],
    ['X-Bytes', `a${String.fromCharCode(...everyByte)}z`],
    ['X-Printf', `\u00e9%s%n\\101'"$(touch pwned)\``],
    ['X-Empty', ''],
    ['x-twice', '1'],
    ['X-TWICE', '2'],
    ['X-At', '@/etc/passwd'],
    ['X-Semi;', 'skipped, no field name'],
    ['User-Agent', 'Stripe/1.0'],
    ['Accept', '*/*; q=0.5, application/xml'],
    ['Authorization', 'Bearer abc'],
    ['Cookie', 'a=b; c=d'],
  ];

  it.each(shells)('%s: hostile header values arrive as they were and nothing is run', async (shell) => {
    const got = await send(makeRow({ headers: nasty }, 'x'), shell);
    expect(own(got.headers)).toEqual(nasty.filter(([name]) => name !== 'X-Semi;'));
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  it.each([
    `/a'b$(touch pwned)\`touch pwned\`"c"`,
    '//x/.././y?q=[1-3]{a,b}&z=%2f%ff',
    '/p#fragment',
    '/\u00e9\u0080',
    'http://other.example/absolute?x',
    '*',
    '-o/etc/x',
    '/?--next',
  ])('sends the target %j', async (target) => {
    for (const shell of shells) expect((await send(makeRow({ target }, 'x'), shell)).target).toBe(target);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  it.each([
    ['a leading @', '@/etc/passwd'],
    ['quotes and expansions', `'"$(touch pwned)\`touch pwned\`\\ !! %s`],
    ['the end mark of the pipe', '\u0001\nEND_OF_BODY\ntouch pwned\n'],
    ['a trailing line break', 'a\n\n'],
    ['CRLF', 'a\r\nb\r\n'],
    ['200 KB of text', 'wörd '.repeat(40_000)],
    ['2 MB of bytes', Buffer.alloc(2_000_000, 0xfe)],
  ])('sends a body with %s', async (_, text) => {
    const body = Buffer.from(text as string);
    for (const shell of shells) expect((await send(makeRow({}, body), shell)).body.equals(body)).toBe(true);
    expect(existsSync(join(folder, 'pwned'))).toBe(false);
  });

  it('sends no field of its own', async () => {
    expect((await send(makeRow({ headers: [] }, 'x'))).headers.map(([name]) => name.toLowerCase()).sort()).toEqual([
      'content-length',
      'host',
    ]);
    expect((await send(makeRow({ headers: [], method: 'GET' }))).headers.map(([name]) => name)).toEqual(['Host']);
  });

  it('keeps the method, and the announced empty body', async () => {
    for (const method of ['GET', 'DELETE', 'PUT', 'OPTIONS', 'HEAD', 'M-SEARCH', 'PROPFIND']) {
      expect((await send(makeRow({ method, headers: [] }))).method).toBe(method);
    }
    const headers = (await send(makeRow({ headers: [['Content-Length', '0']] }))).headers;
    expect(headers.find(([name]) => name === 'Content-Length')).toEqual(['Content-Length', '0']);
    expect((await send(makeRow({ httpVersion: '1.0' }, 'x'))).version).toBe('HTTP/1.0');
  });

  it('an exported script sends every request, in order', async () => {
    const rows = payloads
      .slice(0, 6)
      .map(({ file }, i) =>
        makeRow(
          { target: `/n/${i}\u0007`, headers: [['Host', server.origin.slice(7)]] },
          readFileSync(new URL(`payload/${file}`, fixtures)),
        ),
      );
    let script = '';
    const count = await exportRequests({
      format: 'curl',
      rows,
      redact: null,
      version: '1',
      write: (chunk) => void (script += chunk),
    });
    expect(count).toBe(6);
    expect(await run(script, 'sh')).toBe('exit 0');
    expect(server.requests.map(({ target }) => target)).toEqual(rows.map(({ request }) => request.target));
    expect(server.requests.map(({ body }) => body.toString('hex'))).toEqual(
      rows.map(({ body }) => Buffer.from(body).toString('hex')),
    );
  });

  it('the script itself holds no control byte', () => {
    for (const { file } of payloads) {
      const body = readFileSync(new URL(`payload/${file}`, fixtures));
      const script = curlCommand(makeRow({ target: '/\u001b[2J', headers: nasty }, body));
      expect(script.replaceAll(/[\n\t]/g, '')).not.toMatch(
        /[\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u,
      );
    }
  });
});
