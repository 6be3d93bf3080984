// The other process of the history tests: `write DIR` appends and prints each confirmed id until it is killed,
// `read DIR ID` waits for a line on standard input and prints whether it can see the request.

import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { openHistory } from '../../../src/main/store/history.ts';

const [mode, dir] = process.argv.slice(2) as [string, string];
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
const clock = { now: () => Date.now(), monotonic: () => performance.now(), after: () => () => undefined };
const history = openHistory({ dir, clock, logger, readOnly: mode === 'read' });

if (mode === 'read') {
  process.stdout.write('ready\n');
  for await (const id of createInterface({ input: process.stdin })) {
    const found = history.get(id);
    const body = history.readBody(id);
    process.stdout.write(
      `${JSON.stringify({ id, seen: found !== null, count: history.count(), body: body && Buffer.from(body).toString() })}\n`,
    );
  }
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
