// Registers the app's own scheme, so that pages have an origin of their own and file: is never used.

import { randomBytes } from 'node:crypto';
import { protocol } from 'electron';
import type { Session } from 'electron';
import { appScheme, createFileServer, readRendererFiles } from './renderer-files.ts';

/** Before the app is ready: without fetch, service workers or CSP bypass. Compiled code is kept for the next start. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, codeCache: true } },
  ]);
}

/** Serves the built renderer in `dir` to this session. */
export function serveRenderer(session: Session, dir: string): void {
  const answer = createFileServer({
    files: readRendererFiles(dir),
    makeNonce: () => randomBytes(16).toString('base64'),
  });
  session.protocol.handle(appScheme, answer);
}
