// Writes docs/providers.md from the provider registry and docs/cli.md from the program, or with `--check` says whether
// they are current (exit code 1 when not). Both are TypeScript, which Node 20 does not read: Vite loads them.

import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';
import { commandPage } from './docs/command-page.mjs';
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

keep(file, page, `${providers.length} providers`);

const program = 'src/main/cli/program.ts';
if (fs.existsSync(path.join(projectRoot, program))) {
  /** @type {typeof import('../src/main/cli/program.ts')} */
  const { helpPages } = await load(program);
  const pages = helpPages();
  keep(path.join(projectRoot, 'docs', 'cli.md'), commandPage(pages), `${pages.length} commands`);
}

/**
 * Writes a page, or with `--check` says whether it is current.
 * @param {string} to
 * @param {string} text
 * @param {string} what
 */
function keep(to, text, what) {
  const name = `docs/${path.basename(to)}`;
  if (!process.argv.includes('--check')) {
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.writeFileSync(to, text);
    console.log(`${name}: ${what}`);
  } else if (!fs.existsSync(to) || fs.readFileSync(to, 'utf8') !== text) {
    console.error(`${name} is not current: run \`npm run docs\``);
    process.exitCode = 1;
  }
}

/** @param {string} name */
async function load(name) {
  const options = /** @type {const} */ ({ root: projectRoot, configFile: false, logLevel: 'error' });
  return (await runnerImport(path.join(projectRoot, name), options)).module;
}
