// `npm run check`: types, lint, format, import rules, unused code, dead links, dependencies. Zero warnings.
//   node test/check/run-checks.js [NAME...]     only these checks
import { spawn } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

const lint = (...paths) => ['eslint', '-c', 'test/check/eslint.config.js', '--max-warnings', '0', ...paths];
const linted = ['plugins', 'test', 'desktop'];

/** Heaviest first: as many run at once as there are cores. One process for all the code outgrows Node's heap. */
const checks = {
  'lint of the plugins': lint('plugins'),
  'types of the screens': ['vue-tsc', '--noEmit', '-p', 'desktop/tsconfig.json'],
  'lint of the tests': lint('test'),
  'lint of the desktop': lint('desktop'),
  'lint of the rest': lint('.', ...linted.flatMap((folder) => ['--ignore-pattern', `${folder}/**`])),
  'types of the app': ['tsc', '-p', 'desktop/main'],
  'types of the tests': ['tsc', '-p', 'test/tsconfig.json'],
  'unused code': ['knip', '--config', 'test/check/knip.json', '--no-progress', '--no-config-hints'],
  'import rules': [
    'depcruise',
    '--config',
    'test/check/import-rules.cjs',
    '--output-type',
    'err',
    'sdk',
    'server',
    'plugins',
    'desktop',
  ],
  format: ['prettier', '--check', '--log-level', 'warn', '.'],
  dependencies: ['node', 'test/check/check-dependencies.js'],
  plugins: ['node', 'test/check/check-plugins.js'],
  links: [
    'remark',
    '--frail',
    '--quiet',
    '--no-stdout',
    '--use',
    'remark-validate-links=repository:false',
    '--ignore-pattern',
    '**/dist/**',
    '.',
  ],
};

const wanted = process.argv.slice(2);
const queue = Object.entries(checks).filter(([name]) => wanted.length === 0 || wanted.includes(name));
const failed = [];

function run(name, [program, ...args]) {
  return new Promise((resolve) => {
    const start = Date.now();
    const isOurs = program === 'node';
    const child = spawn(isOurs ? process.execPath : 'npx', isOurs ? args : ['--no-install', program, ...args], {
      cwd: root,
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    let output = '';
    child.stdout.on('data', (text) => (output += text));
    child.stderr.on('data', (text) => (output += text));
    child.on('close', (code) => {
      const seconds = ((Date.now() - start) / 1000).toFixed(1);
      console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`);
      for (const line of output.split('\n')) if (/^(SKIPPED|CHECKED)/.test(line)) console.log(line);
      if (code !== 0) {
        failed.push(name);
        console.log(output.trimEnd());
      }
      resolve();
    });
  });
}

async function work() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) await run(...next);
}

await Promise.all(Array.from({ length: Math.max(1, os.cpus().length) }, work));
if (failed.length > 0) console.log(`\n${failed.length} checks failed: ${failed.join(', ')}`);
process.exit(failed.length === 0 ? 0 : 1);
