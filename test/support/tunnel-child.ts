// A process that runs one program as tunnels do, and repeats what it says: for the test that kills it.

import { createChildren } from '../../src/main/tunnels/child.ts';
import { systemClock } from '../../src/main/system.ts';

createChildren(systemClock, 1_000).start({
  program: process.argv[2] as string,
  args: [],
  onLine: (text) => process.stdout.write(`${text}\n`),
  onEnd: () => {},
});
