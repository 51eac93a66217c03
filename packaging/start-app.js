// Behind `npm run desktop`: builds what is stale, then starts the app. What is written behind `--` goes to it:
//   npm run desktop -- crash.dmp
// With the Electron that package.json names, which is fetched once, or the one in ELECTRON_OVERRIDE_DIST_PATH.
import { spawn, spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildWhatIsStale } from '../server/bin/stale-builds.js';

const repository = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => path.join(repository, ...parts);
const say = (text) => process.stderr.write(`${text}\n`);

const vite = (name) => run(`building the ${name}`, at('node_modules/vite/bin/vite.js'), viteWords[name]);
const viteWords = Object.fromEntries(
  [
    ['app', 'main/vite.config.ts'],
    ['bridge', 'preload/vite.config.ts'],
    ['frame of panels', 'renderer/panel.vite.config.ts'],
  ].map(([name, config]) => [name, ['build', '--logLevel', 'warn', '--config', at('desktop', config)]]),
);
const app = {
  name: 'app',
  folders: ['desktop/main', 'desktop/preload', 'desktop/shared', 'desktop/renderer/src/panels', 'sdk'].map((one) =>
    at(one),
  ),
  product: at('desktop/dist/app/main.js'),
  build: () => Object.keys(viteWords).forEach(vite),
};

buildWhatIsStale({ repository, run, say, more: [app] });
const child = spawn(electron(), [at('desktop'), ...process.argv.slice(2)], { stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  say(`faultline: the app can't be started: ${error.message}`);
  process.exit(1);
});
child.once('exit', (code, signal) => {
  if (code !== 0 && signal !== 'SIGINT' && signal !== 'SIGTERM') explain();
  process.exit(code ?? 1);
});

function run(title, program, words) {
  const { status, error } = spawnSync(process.execPath, [program, ...words], {
    cwd: repository,
    stdio: ['ignore', 2, 2],
  });
  if (status === 0) return;
  say(`faultline: ${title} failed${error ? ` (${error.message})` : ''}; the lines above say why.`);
  process.exit(1);
}

/** Path of the program; the package fetches it where it is not there yet. */
function electron() {
  try {
    return createRequire(import.meta.url)('electron');
  } catch {
    say('faultline: Electron could not be fetched; the lines above say why. Either');
    say('  - unpack its release for this computer anywhere and set ELECTRON_OVERRIDE_DIST_PATH to that folder, or');
    say('  - set ELECTRON_MIRROR to a place that has its releases.');
    process.exit(1);
  }
}

/** The usual reasons on Linux for an app that does not begin; Electron's own lines stand above. */
function explain() {
  if (process.platform !== 'linux') return;
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    say('faultline: there is no display: start it in a desktop session, or with `xvfb-run npm run desktop`.');
  } else if (process.getuid() === 0) {
    say('faultline: as root Electron has no sandbox: start it as a user, or with `npm run desktop -- --no-sandbox`.');
  }
}
