// Bundles the harness's own compositions of the host (early-ack.ts and its like) beside the other caches, the way the
// product is bundled: SQLite stays outside. Each harness builds into a folder of its own, so that two of them never
// read what the other is writing.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

/** @typedef {'early-ack' | 'driven' | 'slow-commit'} Composition */

const slowBinding = [{ find: '@photostructure/sqlite', replacement: join(import.meta.dirname, 'slow-sqlite.ts') }];

/**
 * Gives the script of a composition, built once and removed when the harness ends.
 * @param {string} root The project's folder.
 * @returns {(name: Composition) => Promise<string>}
 */
export function createCompositions(root) {
  const outDir = join(root, '.cache', 'faults', `compositions-${process.pid}`);
  /** @type {Map<Composition, Promise<string>>} */
  const built = new Map();
  process.once('exit', () => rmSync(outDir, { recursive: true, force: true }));
  return (name) => {
    const known = built.get(name) ?? buildComposition(root, outDir, name);
    built.set(name, known);
    return known;
  };
}

/**
 * @param {string} root
 * @param {string} outDir
 * @param {Composition} name
 */
async function buildComposition(root, outDir, name) {
  const isSlow = name === 'slow-commit';
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    resolve: { alias: isSlow ? slowBinding : [] },
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, `${name}.ts`),
      target: 'node20',
      outDir: join(outDir, name),
      emptyOutDir: false,
      rolldownOptions: {
        // What is left outside is not looked up, so nothing could stand in for it.
        external: [...(isSlow ? [] : [/^@photostructure\/sqlite/]), /^@ngrok\//],
        output: { format: 'es', entryFileNames: `${name}.js` },
      },
    },
  });
  return join(outDir, name, `${name}.js`);
}
