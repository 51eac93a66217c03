import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defaultClientConditions, defineConfig } from 'vite';
import { textsFiles } from './texts-files.js';

/**
 * The page is served below any base path: addresses in index.html are relative to its `<base href>`, which the server
 * fills in, and those inside modules are relative to the module.
 */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [vue(), textsFiles(['en', 'de'])],
  resolve: { conditions: ['source', ...defaultClientConditions] },
  define: {
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'es2022',
    // The CSP has no data: for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        // What nearly every screen shares comes in one piece: sixty small files are sixty answers with their headers.
        codeSplitting: { groups: [{ name: 'shared', test: /[\\/]renderer[\\/]src[\\/]/, minShareCount: 6 }] },
      },
    },
  },
});
