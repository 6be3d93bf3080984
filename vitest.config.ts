import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/unit/**/*.test.ts', 'test/integration/**/*.test.ts'],
    testTimeout: 20_000,
    // Fault and hostile-input tests measure time-outs on a small machine: a few files at once, no more.
    maxWorkers: 2,
  },
});
