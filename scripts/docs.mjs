// Writes docs/providers.md from the provider registry, or with `--check` says whether it is current (exit code 1 when
// it is not). The registry is TypeScript, which Node 20 does not read: Vite loads it.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { providerPage } from './docs/provider-page.mjs';

const projectRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const file = path.join(projectRoot, 'docs', 'providers.md');

const extra = process.argv.slice(2).filter((argument) => argument !== '--check');
if (extra.length > 0) {
  console.error('Usage: npm run docs [-- --check]');
  process.exit(2);
}

const [{ providers }, { describeRecipe }] = await Promise.all([
  /** @type {Promise<typeof import('../src/shared/providers/index.ts')>} */ (load('src/shared/providers/index.ts')),
  /** @type {Promise<typeof import('../src/main/signatures/recipe.ts')>} */ (load('src/main/signatures/recipe.ts')),
]);
const page = providerPage(providers, describeRecipe);

if (!process.argv.includes('--check')) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, page);
  console.log(`docs/providers.md: ${providers.length} providers`);
} else if (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') !== page) {
  console.error('docs/providers.md is not current: run `npm run docs`');
  process.exitCode = 1;
}

/** @param {string} name */
async function load(name) {
  const options = /** @type {const} */ ({ root: projectRoot, configFile: false, logLevel: 'error' });
  return (await runnerImport(path.join(projectRoot, name), options)).module;
}
