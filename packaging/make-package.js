// The npm package of a whole server, for `npm i -g`:
//   npm run build && node packaging/make-package.js [--out FOLDER]
// Prints the path of the file it made.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stagePackage } from './stage-package.js';

const { values } = parseArgs({
  options: { out: { type: 'string', default: '.' }, help: { type: 'boolean', short: 'h' } },
});
if (values.help) {
  process.stdout.write('Usage: node packaging/make-package.js [--out FOLDER]\n');
  process.exit(0);
}
const out = path.resolve(values.out);
const stage = mkdtempSync(path.join(os.tmpdir(), 'faultline-package-'));
try {
  mkdirSync(out, { recursive: true });
  stagePackage(stage);
  const { status, stdout } = spawnSync('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', out], {
    cwd: stage,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error('npm pack failed');
  const [{ filename, size, unpackedSize, entryCount }] = JSON.parse(stdout);
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  process.stderr.write(`${entryCount} files, ${megabytes(size)}, unpacked ${megabytes(unpackedSize)}\n`);
  process.stdout.write(`${path.join(out, filename)}\n`);
} catch (error) {
  process.stderr.write(`make-package: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(stage, { recursive: true, force: true });
}
