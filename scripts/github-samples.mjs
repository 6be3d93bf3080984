// Writes GitHub's sample events from @octokit/webhooks-examples (MIT) into the provider's data, as GitHub sends them:
// compact JSON. Run after the package was updated: node scripts/github-samples.mjs

import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format, resolveConfig } from 'prettier';

const target = new URL('../src/shared/providers/github-samples.ts', import.meta.url);
const wanted = ['push', 'issues.opened', 'pull_request.opened', 'release.published', 'ping'];

/** @type {{ name: string, examples: { action?: string }[] }[]} */
const examples = createRequire(import.meta.url)('@octokit/webhooks-examples');

/**
 * The smallest example of an event: `issues.opened` is the event `issues` with the action `opened`.
 * @param {string} name
 */
function smallest(name) {
  const [event, action] = name.split('.');
  const found = examples.find((entry) => entry.name === event)?.examples.filter((body) => body.action === action) ?? [];
  return found.map((body) => JSON.stringify(body)).toSorted((a, b) => a.length - b.length)[0];
}

const source = `// Events as GitHub sends them, from @octokit/webhooks-examples (MIT). Written by scripts/github-samples.mjs.

import type { SampleEvent } from './define.ts';

/** GitHub's sample events. */
export const githubSamples: readonly SampleEvent[] = [
${wanted.map((name) => `  { name: '${name}', contentType: 'application/json', body: ${JSON.stringify(smallest(name))} },`).join('\n')}
];
`;
const options = await resolveConfig(target);
writeFileSync(target, await format(source, { ...options, filepath: target.pathname }));
