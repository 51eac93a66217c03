// Puts everything that `npm i -g` needs into one folder: server, plugins, sdk and the built screens as they stand in the
// repository, below `node_modules/@faultline`; what others wrote is named as dependencies, at the versions tested here.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lockedVersions } from './locked-versions.js';

export const repository = fileURLToPath(new URL('..', import.meta.url));

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** Folders of the packages that run on a server; the screens go along as files of the server. */
function packageFolders() {
  const below = (folder) => readdirSync(path.join(repository, folder)).map((name) => path.join(folder, name));
  return [...below('sdk'), 'server', ...below('plugins')].filter((folder) =>
    existsSync(path.join(repository, folder, 'package.json')),
  );
}

/** What a person who runs a server has no use for. */
const isLeftOut = (file) => /\.(map|tsbuildinfo)$/.test(file) || file.endsWith(path.join('bin', 'start.js'));

/**
 * Fills an empty folder; `npm pack` makes the package of it.
 *
 * @returns {{ name: string, version: string, folders: string[] }} `folders`: what others wrote, as installed here
 */
export function stagePackage(stage) {
  const page = path.join(repository, 'desktop', 'dist', 'renderer');
  if (!existsSync(path.join(page, 'index.html'))) throw new Error('The screens are not built: npm run build');
  const wanted = new Set();
  const ours = packageFolders().map((folder) => stageOne(stage, folder, wanted));
  cpSync(page, path.join(stage, 'node_modules', '@faultline', 'server', 'page'), { recursive: true });
  stageOwnFiles(stage);
  const { name, version, description, license, engines } = readJson(path.join(repository, 'package.json'));
  const locked = lockedVersions(readJson(path.join(repository, 'package-lock.json')), [...wanted]);
  const manifest = {
    ...{ name, version, description, license, type: 'module', engines },
    bin: { faultline: 'bin/faultline.js' },
    files: ['bin', 'packaging', 'CHANGELOG.md'],
    bundleDependencies: ours.map((one) => one.name),
    dependencies: { ...Object.fromEntries(ours.map((one) => [one.name, one.version])), ...locked.dependencies },
    optionalDependencies: locked.optionalDependencies,
  };
  writeFileSync(path.join(stage, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return { name, version, folders: locked.folders };
}

/** Adds what others wrote, as `npm ci` has put it here by the lock: nothing has to be fetched then. */
export function stageInstalled(stage, folders) {
  // What is missing is for other platforms.
  for (const folder of folders.filter((one) => existsSync(path.join(repository, one)))) {
    cpSync(path.join(repository, folder), path.join(stage, folder), {
      recursive: true,
      filter: (file) => !file.endsWith('.map') && path.basename(file) !== '.bin',
    });
  }
}

/** One of our packages as it is installed. Its dependencies are added to `wanted`: they stand at the top. */
function stageOne(stage, folder, wanted) {
  const from = path.join(repository, folder);
  const { name, version, files, dependencies, ...rest } = readJson(path.join(from, 'package.json'));
  if (!existsSync(path.join(from, 'dist'))) throw new Error(`${folder} is not built: npm run build`);
  const target = path.join(stage, 'node_modules', name);
  for (const part of [...files, 'README.md'].filter((one) => existsSync(path.join(from, one)))) {
    cpSync(path.join(from, part), path.join(target, part), { recursive: true, filter: (file) => !isLeftOut(file) });
  }
  // npm drops what only a bundled package asks for, and builds it before its tools are there.
  const { scripts: _, devDependencies: _dev, peerDependencies: _peer, ...manifest } = rest;
  writeFileSync(path.join(target, 'package.json'), `${JSON.stringify({ name, version, ...manifest }, null, 2)}\n`);
  for (const each of Object.keys(dependencies ?? {})) if (!each.startsWith('@faultline/')) wanted.add(each);
  return { name, version };
}

function stageOwnFiles(stage) {
  mkdirSync(path.join(stage, 'bin'));
  writeFileSync(
    path.join(stage, 'bin', 'faultline.js'),
    "#!/usr/bin/env node\nimport '../node_modules/@faultline/server/bin/faultline.js';\n",
    { mode: 0o755 },
  );
  for (const name of ['CHANGELOG.md', 'LICENSE']) cpSync(path.join(repository, name), path.join(stage, name));
  cpSync(path.join(repository, 'packaging', 'INSTALLED.md'), path.join(stage, 'README.md'));
  for (const name of ['systemd', 'proxy', 'guide']) {
    cpSync(path.join(repository, 'packaging', name), path.join(stage, 'packaging', name), { recursive: true });
  }
}
