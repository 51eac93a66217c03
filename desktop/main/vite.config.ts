import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

/** The main process as one module: everything but Electron and Node is inside. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: { conditions: ['source'] },
  ssr: { noExternal: true, external: ['electron'], resolve: { conditions: ['source'] } },
  build: {
    ssr: 'main.ts',
    outDir: '../dist/app',
    // The preload script lies there too.
    emptyOutDir: false,
    target: 'node20',
    rolldownOptions: { output: { entryFileNames: 'main.js', format: 'es', codeSplitting: false } },
  },
});
