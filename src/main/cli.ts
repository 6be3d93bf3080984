// The headless entry: the same host as the window's, in plain Node. It only reads its arguments and ends with a code.

import { pathToFileURL } from 'node:url';
import { realpathSync } from 'node:fs';
import { runCli } from './cli/program.ts';

const entry = process.argv[1];
if (entry !== undefined && import.meta.url === pathToFileURL(realpathSync(entry)).href) {
  process.exitCode = await runCli(process.argv.slice(2), { env: process.env, platform: process.platform });
}
