// Tells by names, sizes and times of the sources whether a build is needed: asking the compiler takes seconds.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What builds make, and what they do not read. */
const notASource = /^(node_modules|dist|bin|loader)$|\.(tsbuildinfo|md)$/;

/** Builds the packages and the page where their sources changed since the last build of ours, then what `more` says. */
export function buildWhatIsStale({ repository, run, say, more = [] }) {
  const at = (...parts) => path.join(repository, ...parts);
  const packages = ['sdk', 'plugins'].flatMap((folder) => readdirSync(at(folder)).map((name) => at(folder, name)));
  const builds = [
    {
      name: 'packages',
      folders: [...packages, at('server')],
      product: at('server/dist/cli/main.js'),
      build: () => {
        run('building the packages', at('node_modules/typescript/bin/tsc'), ['-b']);
        run('bundling the walker', at('server/bin/bundle-programs.js'), []);
      },
    },
    {
      name: 'page',
      folders: [
        at('desktop/renderer'),
        at('desktop/shared'),
        at('sdk/contracts'),
        at('sdk/minidump'),
        at('sdk/symbols'),
      ],
      product: at('desktop/dist/renderer/index.html'),
      build: () =>
        run('building the page', at('node_modules/vite/bin/vite.js'), [
          'build',
          '--logLevel',
          'warn',
          '--config',
          at('desktop/renderer/vite.config.ts'),
        ]),
    },
  ];
  for (const { name, folders, product, build } of [...builds, ...more]) {
    const stampFile = at('node_modules/.cache/faultline', `${name}.stamp`);
    const stamp = stampOf([at('tsconfig.base.json'), at('tsconfig.json'), ...folders], repository);
    if (existsSync(product) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) continue;
    say(`Building the ${name}...`);
    build();
    mkdirSync(path.dirname(stampFile), { recursive: true });
    writeFileSync(stampFile, stamp);
  }
}

function stampOf(places, repository) {
  const hash = createHash('sha256');
  for (const place of places) addTo(hash, place, repository);
  return hash.digest('hex');
}

function addTo(hash, place, repository) {
  const facts = statSync(place, { throwIfNoEntry: false });
  if (facts === undefined) return;
  if (!facts.isDirectory()) {
    hash.update(`${path.relative(repository, place)} ${facts.size} ${facts.mtimeMs}\n`);
    return;
  }
  for (const entry of readdirSync(place, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (!notASource.test(entry.name)) addTo(hash, path.join(place, entry.name), repository);
  }
}
