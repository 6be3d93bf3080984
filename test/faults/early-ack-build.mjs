// Bundles the early-ack composition beside the other caches, the way the product is bundled: SQLite stays outside.

import { join } from 'node:path';
import { build } from 'vite';

/**
 * @param {string} root The project's folder.
 * @returns {Promise<string>} The script.
 */
export async function buildEarlyAck(root) {
  const outDir = join(root, '.cache', 'faults');
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(import.meta.dirname, 'early-ack.ts'),
      target: 'node20',
      outDir,
      emptyOutDir: false,
      rolldownOptions: {
        external: ['@photostructure/sqlite'],
        output: { format: 'es', entryFileNames: 'early-ack.js' },
      },
    },
  });
  return join(outDir, 'early-ack.js');
}
