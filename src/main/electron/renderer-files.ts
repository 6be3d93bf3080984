// Answers requests of the window from a fixed map of files that is read once: a path that is not in it does not
// exist, so there is nothing to traverse. Plain Request and Response; it does not know Electron.

import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** Scheme of the app's own pages. */
export const appScheme = 'app';
/** Origin of the app's own pages. */
export const appOrigin = 'app://hookbench';
/** Stands in index.html where the nonce of the load goes. */
const noncePlaceholder = /__CSP_NONCE__/g;

/** A file as it is served. */
export interface RendererFile {
  readonly contentType: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** Reads every file below `dir` whose type is known, by URL path. Throws what the file system throws. */
export function readRendererFiles(dir: string): ReadonlyMap<string, RendererFile> {
  const files = new Map<string, RendererFile>();
  for (const entry of readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const contentType = contentTypes[extname(entry.name)];
    if (!entry.isFile() || contentType === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(dir, path).split(sep).join('/')}`, {
      contentType,
      bytes: new Uint8Array(readFileSync(path)),
    });
  }
  return files;
}

/** Content-Security-Policy of a load. Style elements need the nonce; style attributes are set through the CSSOM. */
export function contentSecurityPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
}

/** What the file server is given. */
export interface FileServerOptions {
  readonly files: ReadonlyMap<string, RendererFile>;
  /** A fresh random word per page load. */
  readonly makeNonce: () => string;
}

/** Creates the answer to each request: a file of the map, or 404. */
export function createFileServer(
  options: FileServerOptions,
): (request: { readonly method: string; readonly url: string }) => Response {
  return ({ method, url }) => {
    const path = method === 'GET' ? appPath(url) : null;
    const file = path === null ? undefined : options.files.get(path);
    const nonce = options.makeNonce();
    const headers = {
      'Content-Type': file?.contentType ?? 'text/plain; charset=utf-8',
      'Content-Security-Policy': contentSecurityPolicy(nonce),
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-store',
    };
    if (file === undefined) return new Response('Not found', { status: 404, headers });
    if (!file.contentType.startsWith('text/html')) return new Response(file.bytes, { headers });
    const page = new TextDecoder().decode(file.bytes).replace(noncePlaceholder, nonce);
    return new Response(page, { headers });
  };
}

/** Path of a URL of the app's own host; null for anything else. */
function appPath(url: string): string | null {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.protocol !== `${appScheme}:` || parsed.host !== 'hookbench') return null;
  return parsed.pathname === '/' || parsed.pathname === '' ? '/index.html' : parsed.pathname;
}
