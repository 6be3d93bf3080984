// Runs dependency-cruiser and fails as well when it read suspiciously few modules: without a parser for TypeScript it
// reads none and reports success.
import { cruise } from 'dependency-cruiser';
import { createRequire } from 'node:module';

const config = createRequire(import.meta.url)('../.dependency-cruiser.cjs');
const minimumModules = 90;

const { output } = await cruise(['src'], { ruleSet: config, validate: true, ...config.options });
const violations = output.summary.violations.filter((violation) => violation.rule.severity === 'error');
for (const { rule, from, to } of violations) console.error(`${rule.name}: ${from} -> ${to}`);
const modules = output.modules.filter((module) => module.source.startsWith('src/')).length;
console.log(`layers: ${modules} modules, ${violations.length} violations`);
if (modules < minimumModules) {
  console.error(`layers: expected at least ${minimumModules} modules; the parser does not read TypeScript`);
  process.exitCode = 1;
}
if (violations.length > 0) process.exitCode = 1;
