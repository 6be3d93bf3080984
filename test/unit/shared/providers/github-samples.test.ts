// GitHub's samples are real: each one is an example of the package that GitHub's own tools are tested with.

import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { githubSamples } from '../../../../src/shared/providers/github-samples.ts';

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly {
  readonly name: string;
  readonly examples: readonly unknown[];
}[];

it.each(githubSamples)(
  '$name is one of @octokit/webhooks-examples, byte for byte as GitHub would send it',
  (sample) => {
    const [event] = sample.name.split('.');
    const known = examples.find(({ name }) => name === event)?.examples.map((example) => JSON.stringify(example));
    expect(known).toContain(sample.body);
  },
);
