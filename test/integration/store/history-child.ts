// The other process of the history tests: `write DIR` appends and prints each confirmed id until it is killed,
// `read DIR ID` waits for a line on standard input and prints whether it can see the request, `retain DIR COUNT` removes
// what is beyond a count and prints the turns of its event loop, `migrate DIR N` ends itself after N statements of the
// migration.

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { migrateSchema } from '../../../src/main/store/history-schema.ts';
import { openHistory } from '../../../src/main/store/history.ts';
import { openConnection } from '../../../src/main/store/sqlite.ts';

const [mode, dir, count] = process.argv.slice(2) as [string, string, string?];
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => Date.now(), monotonic: () => performance.now(), after: () => () => undefined };
if (mode === 'migrate') migrateUntil(Number(count));
const history = openHistory({ dir, clock, logger, readOnly: mode === 'read' });

function migrateUntil(statements: number): void {
  const connection = openConnection(join(dir, 'history.sqlite'), { readOnly: false });
  let left = statements;
  const end = (): void => {
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    left -= 1;
  };
  migrateSchema({
    ...connection,
    exec(sql) {
      end();
      connection.exec(sql);
    },
  });
  process.kill(process.pid, 'SIGKILL');
}

if (mode === 'read') {
  process.stdout.write('ready\n');
  for await (const id of createInterface({ input: process.stdin })) {
    const found = history.get(id);
    const body = history.readBody(id);
    process.stdout.write(
      `${JSON.stringify({ id, seen: found !== null, count: history.count(), body: body && Buffer.from(body).toString() })}\n`,
    );
  }
} else if (mode === 'retain') {
  process.stdout.write('begun\n');
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    process.stdout.write(`turn ${turns}\n`);
    setImmediate(turn);
  };
  setImmediate(turn);
  await history.retain({ maxCount: Number(count), maxAgeDays: null, maxBytes: null }, Date.now());
  process.stdout.write('ended\n');
} else {
  for (;;) {
    const group = Array.from({ length: 8 }, async () => {
      const seq = history.nextSeq();
      const body = Buffer.from(`body of ${seq}`.repeat(50));
      const id = `req_${process.pid}_${seq}`;
      await history.append({
        request: {
          id,
          seq,
          receivedAt: Date.now(),
          method: 'POST',
          target: '/',
          httpVersion: '1.1',
          headers: [['A', 'b']],
          trailers: [],
          remoteAddress: '127.0.0.1',
          body,
          size: body.length,
          truncated: false,
          sha256: createHash('sha256').update(body).digest('hex'),
        },
        endpoint: 'default',
        provider: null,
        event: null,
        deliveryId: id,
        verdict: { status: 'unverified', reason: 'no-secret', message: '', warnings: [], diagnosis: [] },
        duplicate: { kind: 'first', of: null, n: 1 },
        duplicateKeys: { idKey: `default  ${id}`, bodyKey: null },
        replyStatus: 200,
      });
      process.stdout.write(`${id}\n`);
    });
    await Promise.all(group);
  }
}
