// A host that does what it is told on stdin, for faults that need a change made while it runs: one JSON line per
// command (`{"call":"settings.save","input":{...}}`), one `answer` line each, and the news of the window as they come.
// FAULTS_DOCUMENTS=in-place saves documents the way that F4 has to see through. No switch of the product leads here.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { endOnUncaughtErrors } from '../../src/main/crash-file.ts';
import { readEnvironment } from '../../src/main/host-options.ts';
import { createHost } from '../../src/main/host.ts';
import { openDocument } from '../../src/main/store/documents.ts';
import { encodeEnvelope } from '../../src/main/store/envelope.ts';
import { noKeyring, stderrLogger, systemClock, systemRandom } from '../../src/main/system.ts';
import { commandInputs } from '../../src/shared/contract.ts';
import type { CommandName } from '../../src/shared/contract.ts';
import { AppError, toErrorValue } from '../../src/shared/errors.ts';

/** Writes over the file itself and takes any outcome for success. */
const openInPlace: typeof openDocument = async (options) => {
  const document = await openDocument(options);
  let data = structuredClone(document.data);
  return {
    get data() {
      return data;
    },
    readOnly: document.readOnly,
    recovered: document.recovered,
    update(change) {
      data = change(data) ?? data;
      try {
        writeFileSync(join(options.dir, options.name), encodeEnvelope(options.version, data));
      } catch {
        // Said to be saved all the same.
      }
      return Promise.resolve();
    },
    flush: () => Promise.resolve(),
  };
};

const [dataDir = '', port = '0'] = process.argv.slice(2);
const print = (line: object) => void process.stdout.write(`${JSON.stringify(line)}\n`);
endOnUncaughtErrors(dataDir);
const { limits, sendTimeoutMs } = readEnvironment(process.env, process.platform);
const host = await createHost({
  dataDir,
  version: '0.0.0',
  clock: systemClock,
  random: systemRandom,
  logger: stderrLogger(),
  secretBox: noKeyring,
  desktop: null,
  listen: { host: '127.0.0.1', port: Number(port) },
  limits,
  sendTimeoutMs,
  runQueue: true,
  newSecrets: 'to-file',
  store: process.env['FAULTS_DOCUMENTS'] === 'in-place' ? { openDocument: openInPlace } : undefined,
});
host.onChange((change) => {
  if (['request', 'refused', 'receiver', 'delivery'].includes(change.type)) print(change);
});
await host.start();
print({ type: 'ready', receiver: host.receiver(), recovered: host.parts.recovered });

async function call(name: CommandName, input: unknown): Promise<object> {
  try {
    const parsed = v.parse(commandInputs[name], reviveBytes(input));
    const handler = host.handlers[name] as (input: unknown) => unknown;
    return { ok: true, value: await handler(parsed) };
  } catch (error) {
    if (error instanceof AppError) return { ok: false, error: toErrorValue(error) };
    return { ok: false, error: { code: 'OTHER', message: error instanceof Error ? error.message : String(error) } };
  }
}

/** Bytes come as `{"base64":"..."}`. */
function reviveBytes(input: unknown): unknown {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return input;
  const entries = Object.entries(input).map(([key, value]: [string, unknown]) => {
    const isBytes = typeof value === 'object' && value !== null && 'base64' in value;
    return [key, isBytes ? new Uint8Array(Buffer.from(String(value.base64), 'base64')) : value] as const;
  });
  return Object.fromEntries(entries);
}

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await host.stop();
  process.exit(0);
}

process.once('SIGTERM', () => void stop());
const input = createInterface({ input: process.stdin });
input.on('line', (text) => {
  const { n, call: name, input } = JSON.parse(text) as { n: number; call: CommandName; input: unknown };
  void call(name, input).then((answer) => print({ type: 'answer', n, ...answer }));
});
input.on('close', () => void stop());
