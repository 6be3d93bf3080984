// What `npm run dev` runs: the app as `npm start` does, built and started anew whenever a source file changes. The
// window loads built files only, in development too, so that its content security policy is always the real one.

import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import path from 'node:path';
import { projectRoot } from './setup.mjs';

const gatherMs = 200;

let child = start();
let ending = false;
/** @type {NodeJS.Timeout | undefined} */
let timer;

watch(path.join(projectRoot, 'src'), { recursive: true }, () => {
  clearTimeout(timer);
  timer = setTimeout(restart, gatherMs);
});
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.on(signal, () => {
    ending = true;
    child.kill('SIGTERM');
    child.once('exit', (code) => process.exit(code ?? 0));
  });
}

function start() {
  const args = [path.join(projectRoot, 'scripts/start.mjs'), ...process.argv.slice(2)];
  return spawn(process.execPath, args, { cwd: projectRoot, stdio: 'inherit' });
}

function restart() {
  if (ending) return;
  const before = child;
  const next = () => {
    console.log('A source file changed: starting again.');
    child = start();
  };
  // A failed build or a closed window leaves nothing to end.
  if (before.exitCode !== null || before.signalCode !== null) return next();
  before.once('exit', next);
  before.kill('SIGTERM');
}
