// Behind `npm start` and `npm run demo`: builds what is stale, then runs the server in this process.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWhatIsStale } from './stale-builds.js';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const [wish = 'serve', ...rest] = process.argv.slice(2);

requireNode();
buildWhatIsStale({ repository, run, say: (text) => process.stderr.write(`${text}\n`) });
const { main } = await import('../dist/cli/main.js');
process.exitCode = wish === 'demo' ? await demo() : await main([wish, ...rest]);

/** A throw-away folder that the plugins sample-data and generator fill; taken away at the end. */
async function demo() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-demo-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const filled = ['sample-data.fill=true', 'generator.fill=20000', 'generator.fields=true'];
  const settings = filled.flatMap((setting) => ['--set', setting]);
  return main(['serve', '--data', folder, ...settings, ...rest]);
}

function run(title, program, args) {
  const { status, error } = spawnSync(process.execPath, [program, ...args], {
    cwd: repository,
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  process.stderr.write(`faultline: ${title} failed${error ? ` (${error.message})` : ''}; the lines above say why.\n`);
  process.exit(1);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  process.stderr.write(
    `faultline: Node ${process.versions.node} is too old; install 20.19 or later (24 is recommended).\n`,
  );
  process.exit(1);
}
