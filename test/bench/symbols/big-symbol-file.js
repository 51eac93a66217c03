/**
 * First and later use of a large symbol file, each in a fresh process, as a walker does it:
 *   node test/bench/symbols/big-symbol-file.js [FOLDER]
 * FOLDER has test_app.pdb in Breakpad's layout; without it, a file of 327 MB is made there by the shared `make-big-sym` where that tool
 * stands beside the repository. Needs `npm run build:server`.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const identity = {
  codeFile: 'test_app.exe',
  codeId: '',
  debugFile: 'test_app.pdb',
  debugId: '5A9832E5287241C1838ED98914E9B7FF1',
};
const addresses = [0x429e, 0x41ff, 0x53eb, 0x1000010, 0x2345678];

if (process.argv[2] === '--walk') await walk(process.argv[3], process.argv[4]);
else measure();

async function walk(folder, cacheFolder) {
  const start = performance.now();
  const { createSymbolProvider } = await import('../../../plugins/symbols/dist/sources.js');
  const provider = createSymbolProvider({ paths: [folder], cacheFolder, buildThreads: availableParallelism() });
  const imported = performance.now();
  const { symbols, attempts } = await provider.find(identity);
  if (symbols === null) throw new Error(`no symbols: ${JSON.stringify(attempts)}`);
  for (const address of addresses) {
    await symbols.symbolize(address);
    await symbols.cfiAt(address);
    await symbols.winFramesAt(address);
  }
  const end = performance.now();
  const rss = process.resourceUsage().maxRSS / 1024;
  console.log(
    `import ${(imported - start).toFixed(0)} ms, find and look up ${(end - imported).toFixed(0)} ms, ` +
      `since the process began ${end.toFixed(0)} ms, ${rss.toFixed(0)} MiB at most`,
  );
  await provider.close();
}

function measure() {
  const scratch = mkdtempSync(path.join(tmpdir(), 'faultline-bench-'));
  try {
    const folder = process.argv[2] ?? makeFolder(scratch);
    const self = fileURLToPath(import.meta.url);
    const cache = path.join(scratch, 'cache');
    for (const name of ['first', 'later', 'later', 'later']) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [self, '--walk', folder, cache], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      process.stdout.write(`${name}: ${stdout}`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function makeFolder(scratch) {
  const tool = fileURLToPath(new URL('../../../../shared/tools/make-big-sym', import.meta.url));
  if (!existsSync(tool)) throw new Error('name a symbol folder: make-big-sym is not beside the repository');
  const folder = path.join(scratch, 'symbols');
  const below = path.join(folder, identity.debugFile, identity.debugId);
  mkdirSync(below, { recursive: true });
  execFileSync('python3', [tool, path.join(below, 'test_app.sym'), '327'], { stdio: 'ignore' });
  return folder;
}
