// Runs dependency-cruiser and fails as well when it read suspiciously few modules: without a parser for TypeScript it
// reads none and reports success. Its parser here does not tell type imports from others, so that the rules which
// allow types are decided by the import statements themselves (`verbatimModuleSyntax` makes them reliable).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Loaded at run time: neither has types that fit. @type {(name: string) => any} */
const load = createRequire(import.meta.url);
const config = load('../.dependency-cruiser.cjs');

// dependency-cruiser asks its parser for TypeScript without JSX, whatever the file: .tsx files need the other grammar.
const swc = load('@swc/core');
const parseFileSync = swc.parseFileSync;
swc.parseFileSync = (/** @type {string} */ file, /** @type {object} */ options) =>
  parseFileSync(file, { ...options, tsx: file.endsWith('.tsx') });
const { cruise } = await import('dependency-cruiser');
const minimumModules = 200;
const typesAllowed = new Set(['store-types-only', 'preload-takes-types']);

const { output } = await cruise(['src'], { ruleSet: config, validate: true, ...config.options });
if (typeof output === 'string') throw new Error('dependency-cruiser gave a report instead of a result');
const violations = output.summary.violations.filter(
  ({ rule, from, to }) => rule.severity === 'error' && !(typesAllowed.has(rule.name) && importsTypesOnly(from, to)),
);
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} -> ${to}`);
const modules = output.modules.filter((module) => module.source.startsWith('src/')).length;
console.log(`layers: ${modules} modules, ${violations.length} violations`);
if (modules < minimumModules) {
  console.error(`layers: expected at least ${minimumModules} modules; the parser does not read TypeScript`);
  process.exitCode = 1;
}
if (violations.length > 0) process.exitCode = 1;

/**
 * @param {string} from
 * @param {string} to
 */
function importsTypesOnly(from, to) {
  const statements = readFileSync(from, 'utf8').matchAll(/^(?:import|export)\s+(type\b)?[^;]*?from\s+'([^']+)'/gm);
  for (const [, type, specifier] of statements) {
    if (!specifier?.startsWith('.')) continue;
    const target = path.posix.join(path.posix.dirname(from), specifier);
    if (target === to && type === undefined) return false;
  }
  return true;
}
