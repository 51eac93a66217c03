import { fileURLToPath } from 'node:url';
import { defaultClientConditions, defineConfig } from 'vite';

/** The program of the frame in which the app shows panels of a server's plugins: one script and one sheet of styles. */
export default defineConfig({
  root: fileURLToPath(new URL('src/panels/frame', import.meta.url)),
  base: './',
  publicDir: false,
  resolve: { conditions: ['source', ...defaultClientConditions] },
  define: {
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: fileURLToPath(new URL('../dist/panel', import.meta.url)),
    emptyOutDir: true,
    target: 'chrome130',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: fileURLToPath(new URL('src/panels/frame/frame.html', import.meta.url)) },
  },
});
