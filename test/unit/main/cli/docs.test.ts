// docs/cli.md and `--help` agree: whoever changes an option runs `npm run docs`.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { commandPage } from '../../../../scripts/docs/command-page.mjs';
import { helpPages } from '../../../../src/main/cli/program.ts';

test('the page holds the help of every command', () => {
  const pages = helpPages();
  expect(pages.map(({ command }) => command)).toContain('hookbench target add');
  expect(readFileSync('docs/cli.md', 'utf8')).toBe(commandPage(pages));
});
