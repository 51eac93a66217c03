import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** A sandboxed preload script is one CommonJS file. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: { conditions: ['source'] },
  ssr: { noExternal: true, external: ['electron'], resolve: { conditions: ['source'] } },
  build: {
    ssr: 'preload.ts',
    outDir: '../dist/app',
    emptyOutDir: false,
    target: 'chrome130',
    rolldownOptions: { output: { entryFileNames: 'preload.cjs', format: 'cjs', codeSplitting: false } },
  },
});
