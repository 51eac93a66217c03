// The desktop app for the platform that this runs on, behind `npm run desktop:package`:
//   npm run desktop:package                      deb and AppImage, dmg, or nsis
//   npm run desktop:package -- --linux deb       words of electron-builder
//   npm run desktop:package -- --dir             a folder with the program, without any tool that has to be fetched
// Electron is fetched, or taken from the folder that ELECTRON_OVERRIDE_DIST_PATH names.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repository } from './stage-package.js';
import './stage-app-server.js';

const desktop = path.join(repository, 'desktop');
const words = process.argv.slice(2);
const { status } = spawnSync('npx', ['--yes', 'electron-builder@26.17.0', ...electronWords(), ...words], {
  cwd: desktop,
  stdio: 'inherit',
  shell: process.platform === 'win32',
});
if (status !== 0) {
  const lines = [
    'package-app: electron-builder failed; its lines above say why. Where a host is not reached:',
    '  - Electron itself: unpack its release anywhere and set ELECTRON_OVERRIDE_DIST_PATH to that folder;',
    '  - a tool for deb: install fpm (`gem install fpm`) and set USE_SYSTEM_FPM=true;',
    '  - a tool for AppImage, dmg or nsis: set ELECTRON_BUILDER_BINARIES_MIRROR to a place that has them;',
    '  - without any of them: npm run desktop:package -- --dir',
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
process.exitCode = status ?? 1;

/** Where Electron lies unpacked, and its version. */
function electronWords() {
  const folder = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  if (!folder) return [];
  const file = path.join(folder, 'version');
  if (!existsSync(file)) {
    process.stderr.write(`package-app: ELECTRON_OVERRIDE_DIST_PATH names ${folder}, which has no Electron in it\n`);
    process.exit(1);
  }
  const version = readFileSync(file, 'utf8').trim().replace(/^v/, '');
  return [`-c.electronDist=${folder}`, `-c.electronVersion=${version}`];
}
