// How the three programs of the desktop app and the command line are bundled. Targets are those of the oldest runtime
// that must run the result (Electron 33: Node 20.18 and Chromium 130).

import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

/** Bundled code starts in less than half the time; native modules cannot be bundled. */
const external = ['electron', '@photostructure/sqlite', '@ngrok/ngrok'];

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: 'node20.18',
      externalizeDeps: false,
      rolldownOptions: {
        external,
        input: {
          index: 'src/main/index.ts',
          cli: 'src/main/cli.ts',
          'search-worker': 'src/main/store/search-worker.ts',
          'type-worker': 'src/main/type-generator/worker.ts',
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          banner: (chunk) => (chunk.name === 'cli' && chunk.isEntry ? '#!/usr/bin/env node' : ''),
        },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: 'node20.18',
      externalizeDeps: false,
      // A sandboxed preload script cannot be an ES module.
      rolldownOptions: {
        external: ['electron'],
        input: { index: 'src/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: 'src/renderer',
    plugins: [react()],
    build: {
      outDir: 'out/renderer',
      target: 'chrome130',
      minify: true,
      // The content security policy allows no data: addresses, and all files are local anyway.
      assetsInlineLimit: 0,
      // Loaded from the disk, in one piece.
      chunkSizeWarningLimit: 2_000,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: 'src/renderer/index.html' },
    },
  },
});
