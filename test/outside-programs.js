// Gets the outside programs that the tests use (programs.json), as far as it may, and says plainly what it did.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import path from 'node:path';

const list = JSON.parse(readFileSync(new URL('programs.json', import.meta.url), 'utf8')).programs;

/** @returns {boolean} whether a program of this name is on the PATH */
function isInstalled(name) {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function installWithApt(packages) {
  console.log(`tests: installing ${packages.join(', ')} with apt-get`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const run = (args) => spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
  return run(['update', '-qq']) && run(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
}

/**
 * Installs what is missing. With CI=true a required program that stays missing is an error.
 * @returns {boolean} false when the tests must not go on
 */
export function prepareOutsidePrograms() {
  // What pip brings is looked for, and told of, by the test that uses it.
  const missing = () => list.filter((program) => program.kind !== 'pip' && !isInstalled(program.name));
  const wanted = missing().filter((program) => program.kind === 'apt');
  if (wanted.length > 0) {
    const packages = wanted.flatMap((program) => program.package.split(' '));
    if (process.getuid?.() === 0 && isInstalled('apt-get')) installWithApt(packages);
    else
      console.log(
        `tests: missing ${packages.join(', ')}; install them with: sudo apt-get install ${packages.join(' ')}`,
      );
  }
  let mayGoOn = true;
  for (const program of missing()) {
    const isFatal = process.env.CI === 'true' && program.optional !== true;
    const how = program.kind === 'apt' ? `apt-get install ${program.package}` : program.install;
    console.log(`tests: ${isFatal ? 'ERROR' : 'SKIPPING'} ${program.usedBy}: ${program.name} is missing (${how})`);
    if (isFatal) mayGoOn = false;
  }
  return mayGoOn;
}
