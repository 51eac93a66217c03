// Runs `faultline` from its TypeScript sources, as `serve --dev` from a checkout would: no build is needed.
import { fileURLToPath } from 'node:url';

const preload = new URL('../../../server/loader/preload.js', import.meta.url);
preload.searchParams.set('sources', '1');
preload.searchParams.set(
  'cache',
  fileURLToPath(new URL('../../../node_modules/.cache/faultline/sources', import.meta.url)),
);
await import(preload.href);
const { main } = await import('../../../server/src/cli/main.ts');
process.exitCode = await main(process.argv.slice(2));
