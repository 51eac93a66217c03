// The server that goes along inside the desktop app ("keep crashes on this computer"), for electron-builder to pick up:
//   npm run build && node packaging/stage-app-server.js
// Fills desktop/dist/faultline-server. Native parts are those of this platform, as is the app that is packaged on it.
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { repository, stageInstalled, stagePackage } from './stage-package.js';

const stage = path.join(repository, 'desktop', 'dist', 'faultline-server');
rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
const { folders } = stagePackage(stage);
stageInstalled(stage, folders);
process.stdout.write(`${stage}\n`);
