// The harness's own test: Hookbench with a store that says "stored" before it has stored anything. No switch of the
// product leads here. A harness run that finds no losses with this composition is blind.

import { runCli } from '../../src/main/cli/program.ts';
import { openDocument } from '../../src/main/store/documents.ts';
import type { Document } from '../../src/main/store/documents.ts';
import { openHistory } from '../../src/main/store/history.ts';
import type { History } from '../../src/main/store/history.ts';

const commitDelayMs = 20;
const copyEveryMs = 100;
const writeDelayMs = 400;

/** Acknowledges a request at once; the commit follows 20 ms later. */
const openEarlyHistory: typeof openHistory = (options) => {
  const history = openHistory(options);
  // Inherits whatever else the history has, getters included.
  const early = Object.create(history) as { append: History['append'] } & History;
  early.append = (exchange) => {
    setTimeout(() => void history.append(exchange), commitDelayMs);
    return Promise.resolve();
  };
  return early;
};

/** Confirms a change of the queue at once; the write follows about half a second later. Other documents are left alone. */
const openEarlyDocument: typeof openDocument = async (options) => {
  const document = await openDocument(options);
  return options.name === 'queue.json' ? confirmEarly(document) : document;
};

function confirmEarly<T>(document: Document<T>): Document<T> {
  let data = structuredClone(document.data);
  let isCopying = false;
  const copyAndWriteLater = () => {
    isCopying = false;
    const copy = structuredClone(data);
    setTimeout(() => void document.update(() => copy), writeDelayMs);
  };
  return {
    get data() {
      return data;
    },
    readOnly: document.readOnly,
    recovered: document.recovered,
    update(change) {
      data = change(data) ?? data;
      // Copies of a long queue are dear: ten a second are enough to keep the file behind by a steady time.
      if (!isCopying) setTimeout(copyAndWriteLater, copyEveryMs);
      isCopying = true;
      return Promise.resolve();
    },
    flush: () => document.update(() => structuredClone(data)),
  };
}

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  platform: process.platform,
  store: { openHistory: openEarlyHistory, openDocument: openEarlyDocument },
});
