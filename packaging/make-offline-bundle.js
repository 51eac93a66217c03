// Everything a server needs in one file, for machines without internet:
//   npm ci && npm run build && node packaging/make-offline-bundle.js [--out FOLDER] [--without-node]
// Unpacked anywhere, `./faultline-VERSION/faultline serve` runs. Native parts are those of this platform, and so is the
// Node that goes along. Prints the path of the file it made.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { stageInstalled, stagePackage } from './stage-package.js';

/** Finds itself also through a link, as from /usr/local/bin. */
const launcher = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
node="$here/node"
test -x "$node" || node=node
exec "$node" "$here/bin/faultline.js" "$@"
`;

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: '.' },
    'without-node': { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) {
  process.stdout.write('Usage: node packaging/make-offline-bundle.js [--out FOLDER] [--without-node]\n');
  process.exit(0);
}
const work = mkdtempSync(path.join(os.tmpdir(), 'faultline-bundle-'));
try {
  const stage = path.join(work, 'stage');
  mkdirSync(stage);
  const { name, version, folders } = stagePackage(stage);
  stageInstalled(stage, folders);
  writeFileSync(path.join(stage, 'faultline'), launcher, { mode: 0o755 });
  if (!values['without-node']) cpSync(process.execPath, path.join(stage, 'node'), { dereference: true });
  const out = path.resolve(values.out);
  mkdirSync(out, { recursive: true });
  const file = path.join(out, `${name}-${version}-${process.platform}-${process.arch}.tar.gz`);
  const rename = `s,^\\.,${name}-${version},`;
  const { status } = spawnSync('tar', ['-czf', file, '-C', stage, `--transform=${rename}`, '.'], { stdio: 'inherit' });
  if (status !== 0) throw new Error('tar failed');
  process.stdout.write(`${file}\n`);
} catch (error) {
  process.stderr.write(`make-offline-bundle: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
