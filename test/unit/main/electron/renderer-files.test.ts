import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  contentSecurityPolicy,
  createFileServer,
  readRendererFiles,
} from '../../../../src/main/electron/renderer-files.ts';

let folder: string;
let serve: ReturnType<typeof createFileServer>;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookbench-renderer-'));
  const root = join(folder, 'renderer');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.js'), 'outside');
  writeFileSync(join(root, 'index.html'), '<meta content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style>');
  writeFileSync(join(root, 'assets/index-1.js'), 'let nonce = "__CSP_NONCE__"');
  writeFileSync(join(root, 'assets/font.woff2'), Buffer.from([0, 255]));
  writeFileSync(join(root, 'assets/index-1.js.map'), '{}');
  symlinkSync(join(folder, 'secret.js'), join(root, 'link.js'));
  let loads = 0;
  serve = createFileServer({ files: readRendererFiles(root), makeNonce: () => `nonce${++loads}` });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const get = (path: string) => serve({ method: 'GET', url: `app://hookbench${path}` });

describe('files of the window', () => {
  it('serves the page with a fresh nonce in text and header', async () => {
    for (const path of ['/', '/index.html', '/#/inbox', '/?x']) {
      const response = get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1];
      expect(await response.text()).toBe(`<meta content="${nonce}"><style nonce="${nonce}"></style>`);
    }
    const nonces = [get('/'), get('/')].map((response) => response.headers.get('content-security-policy'));
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('serves other files as they are, with their type and nosniff', async () => {
    const script = get('/assets/index-1.js');
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await script.text()).toBe('let nonce = "__CSP_NONCE__"');
    expect(new Uint8Array(await get('/assets/font.woff2').arrayBuffer())).toEqual(new Uint8Array([0, 255]));
    expect(get('/assets/font.woff2').headers.get('content-type')).toBe('font/woff2');
  });

  it.each([
    '/../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/assets/../../secret.js',
    '/link.js',
    '/assets',
    '/assets/',
    '/nothing',
    '//index.html',
    '/assets/index-1.js.map',
    '/__proto__',
    '/INDEX.HTML',
    '/index.html%00',
  ])('answers 404 for %s', (path) => expect(get(path).status).toBe(404));

  it.each([
    'app://other/',
    'app://hookbench.evil/',
    'file:///etc/passwd',
    'http://hookbench/',
    'app:index.html',
    'nonsense',
    '',
  ])('answers 404 for the address %j', (url) => expect(serve({ method: 'GET', url }).status).toBe(404));

  it.each(['POST', 'HEAD', 'PUT'])('answers 404 for %s', (method) =>
    expect(serve({ method, url: 'app://hookbench/' }).status).toBe(404),
  );

  it('has the whole policy on every answer', () => {
    const expected = [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'nonce-abc'",
      "img-src 'self' blob:",
      "font-src 'self'",
      "connect-src 'none'",
      "frame-src 'none'",
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ];
    expect(contentSecurityPolicy('abc').split('; ')).toEqual(expected);
    for (const path of ['/', '/assets/index-1.js', '/nothing'])
      expect(get(path).headers.get('content-security-policy')).toContain("default-src 'none'");
  });
});
