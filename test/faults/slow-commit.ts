// The slow disk of F13 without strace: Hookbench over a database whose every COMMIT stands still for 200 ms.
// FAULTS_COMMIT=each makes each request wait alone, which is what F13 has to see through. No switch of the product leads
// here.

import { runCli } from '../../src/main/cli/program.ts';
import { openHistory } from '../../src/main/store/history.ts';
import type { History } from '../../src/main/store/history.ts';
import { standStill } from './slow-sqlite.ts';

const openSlowHistory: typeof openHistory = (options) => {
  const history = openHistory(options);
  if (process.env['FAULTS_COMMIT'] !== 'each') return history;
  // Inherits whatever else the history has, getters included.
  const slow = Object.create(history) as { append: History['append'] } & History;
  slow.append = (exchange) => {
    standStill();
    return history.append(exchange);
  };
  return slow;
};

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  platform: process.platform,
  store: { openHistory: openSlowHistory },
});
