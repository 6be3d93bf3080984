// The pictures are a run of their own: they take minutes and write into docs/, which no test should do.

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: '.',
  timeout: 180_000,
  expect: { timeout: 15_000 },
  workers: 1,
  retries: 0,
  forbidOnly: true,
  outputDir: '../../test-results/screenshots',
  reporter: [['list']],
});
