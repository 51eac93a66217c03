/**
 * A server as it is installed: from the npm package in an empty folder, from the offline bundle without a network, and
 * by its systemd units. The package is installed from the registry that npm is set up for.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanUp, temporaryFolder } from './server-process.js';

/** Starts a server, tries it with its own self-test, stops it; everything in one shell, so that one cut off from the network has both. */
const script = `
ip link set lo up 2>/dev/null || true
"$1" serve --data "$2" --port 0 > "$2.log" 2>&1 & server=$!
for n in $(seq 120); do grep -q '^ready' "$2.log" && break; sleep 0.25; done
url=$(sed -n 's/^ready //p' "$2.log")
token=$("$1" token create --data "$2" --name trial --permission manage)
"$1" selftest --url "$url" --token "$token"; verdict=$?
kill $server; wait $server || verdict=9
cat "$2.log" >&2
exit $verdict
`;
/** Nothing of the developer's machine: no variables, no folder to be in. */
const env = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin', HOME: '/tmp' };

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(cleanUp);

function make(program: string, ...args: string[]): string {
  return execFileSync(process.execPath, [`packaging/${program}.js`, '--out', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

function trial(program: string, before: string[] = []): { status: number | null; said: string } {
  const data = path.join(folder, `data-${path.basename(path.dirname(program))}`);
  mkdirSync(data);
  const [command = '', ...args] = [...before, 'sh', '-c', script, 'trial', program, data];
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, env, encoding: 'utf8', timeout: 120_000 });
  return { status, said: `${stdout}\n${stderr}` };
}

describe('the npm package', () => {
  it('installs globally in an empty folder, at the versions of the lock, and serves with all plugins and the page', () => {
    const file = make('make-package');
    const prefix = path.join(folder, 'prefix');
    const empty = path.join(folder, 'empty');
    for (const each of [prefix, empty]) mkdirSync(each);
    const npm = ['install', '--global', '--prefix', prefix, '--no-audit', '--no-fund', file];
    const installed = spawnSync('npm', npm, { cwd: empty, encoding: 'utf8' });
    expect(installed.status, installed.stderr).toBe(0);
    const modules = path.join(prefix, 'lib', 'node_modules', 'faultline', 'node_modules');
    const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
      packages: Record<string, { version?: string; link?: boolean }>;
    };
    const others = readdirSync(modules).filter((name) => !/^[.@]/.test(name));
    const different = others.filter((name) => {
      const { version } = JSON.parse(readFileSync(path.join(modules, name, 'package.json'), 'utf8')) as {
        version: string;
      };
      return !Object.entries(lock.packages).some(([key, one]) => key.endsWith(`/${name}`) && one.version === version);
    });
    expect(different).toEqual([]);
    const { status, said } = trial(path.join(prefix, 'bin', 'faultline'));
    expect(status, said).toBe(0);
    const plugins = readdirSync(path.join(modules, '@faultline')).filter((name) => name.startsWith('plugin-'));
    const ours = readdirSync('plugins').filter((name) => existsSync(`plugins/${name}/package.json`));
    expect(plugins.length).toBe(ours.length);
  });
});

describe('the offline bundle', () => {
  it('serves on a machine without a network and without Node', () => {
    const file = make('make-offline-bundle');
    execFileSync('tar', ['-xzf', file, '-C', folder]);
    const program = path.join(folder, 'faultline-0.1.0', 'faultline');
    const isCut = spawnSync('unshare', ['-n', 'true']).status === 0;
    if (!isCut) process.stderr.write('SKIPPED: cutting the network, it takes the right to unshare\n');
    const { status, said } = trial(program, isCut ? ['unshare', '-n'] : []);
    expect(status, said).toBe(0);
    expect(said).toContain('processes the report');
  });
});

const hasSystemd = existsSync('/usr/bin/systemd-analyze');
if (!hasSystemd) process.stderr.write('SKIPPED: systemd units, no systemd-analyze (apt-get install systemd)\n');

describe.skipIf(!hasSystemd)('the systemd units', () => {
  it('are in order, and leave little exposed', () => {
    const units = path.join(folder, 'units');
    mkdirSync(units);
    const files = { 'faultline.service': 'faultline.service', 'faultline@.service': 'faultline@web.service' };
    for (const [from, to] of Object.entries(files)) {
      const text = readFileSync(path.join('packaging', 'systemd', from), 'utf8');
      writeFileSync(path.join(units, to), text.replaceAll('/usr/local/bin/faultline', '/bin/true'));
      const unit = path.join(units, to);
      const verified = spawnSync('systemd-analyze', ['verify', '--man=no', unit], { encoding: 'utf8' });
      expect([verified.status, verified.stderr]).toEqual([0, '']);
      const args = ['security', '--offline=yes', '--threshold=20', '--no-pager', unit];
      const judged = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
      expect(judged.status, judged.stdout).toBe(0);
    }
  });

  it('permit every system call that a server makes', async () => {
    const traced = path.join(folder, 'calls');
    const program = path.resolve('server/bin/faultline.js');
    const wrapper = path.join(folder, 'traced', 'faultline');
    mkdirSync(path.dirname(wrapper));
    const strace = `strace -D -f -qq -c -o ${traced} ${process.execPath} ${program} "$@"`;
    const plain = `${process.execPath} ${program} "$@"`;
    writeFileSync(wrapper, `#!/bin/sh\ncase $1 in serve) exec ${strace};; *) exec ${plain};; esac\n`, { mode: 0o755 });
    const { status, said } = trial(wrapper);
    expect(status, said).toBe(0);
    // The tracer ends after what it traced.
    await expect
      .poll(() => existsSync(traced) && readFileSync(traced, 'utf8').includes('total'), { timeout: 10_000 })
      .toBe(true);
    const made = readFileSync(traced, 'utf8')
      .split('\n')
      .slice(2)
      .map((line) => line.trim().split(/\s+/).at(-1) ?? '')
      .filter((name) => /^[a-z]\w+$/.test(name) && name !== 'total');
    const members = (set: string): Set<string> => {
      const listed = execFileSync('systemd-analyze', ['syscall-filter', '--no-pager', set], { encoding: 'utf8' });
      const names = listed
        .split('\n')
        .slice(1)
        .map((line) => line.trim())
        .filter((name) => name !== '' && !name.startsWith('#'));
      return new Set(names.flatMap((name) => (name.startsWith('@') ? [...members(name)] : [name])));
    };
    const unit = readFileSync('packaging/systemd/faultline.service', 'utf8');
    const filters = [...unit.matchAll(/^SystemCallFilter=(~?)(.*)$/gm)];
    const setsOf = (sign: string) =>
      new Set(
        filters
          .filter(([, one]) => one === sign)
          .flatMap(([, , sets = '']) => sets.split(' ').flatMap((set) => [...members(set)])),
      );
    const [permitted, refused] = [setsOf(''), setsOf('~')];
    expect(made.length).toBeGreaterThan(30);
    expect(made.filter((name) => !permitted.has(name) || refused.has(name))).toEqual([]);
  });
});
