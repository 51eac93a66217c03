/**
 * Runs a bench from its sources, as plain modules without a loader in the way:
 *
 *     node test/bench/run.js test/bench/search/http-bench.ts 1000000
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [bench, ...args] = process.argv.slice(2);
if (bench === undefined) {
  console.error('Which bench? For example: node test/bench/run.js test/bench/search/http-bench.ts');
  process.exit(2);
}
// Inside the repository, so that packages are found from there.
const outDir = join(root, 'node_modules/.cache/faultline-bench', String(process.pid));
await build({
  root,
  configFile: false,
  logLevel: 'error',
  ssr: { resolve: { conditions: ['source', 'node', 'import'] }, noExternal: [/^@faultline\//] },
  build: { ssr: bench, outDir, emptyOutDir: true, minify: false, target: 'node20' },
});
const file = join(outDir, bench.replace(/^.*\//, '').replace(/\.ts$/, '.js'));
// The build leaves NODE_ENV=production behind, with which a bench's own `npm ci` would leave things out.
// What a bench looks for beside its source is not beside what was built of it.
const env = { FAULTLINE_CORPUS: join(root, '../shared/corpus'), ...process.env };
delete env.NODE_ENV;
const { status } = spawnSync(process.execPath, ['--expose-gc', file, ...args], { stdio: 'inherit', env });
rmSync(outDir, { recursive: true, force: true });
process.exit(status ?? 1);
