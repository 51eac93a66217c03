// A plugin that the build or the list of plugins has forgotten works for whoever built it by hand, and for nobody else.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (name) => readFileSync(`${root}/${name}`, 'utf8');

const built = JSON.parse(read('tsconfig.json')).references.map(({ path }) => path);
const list = read('plugins/README.md');
const findings = readdirSync(`${root}/plugins`)
  .filter((id) => existsSync(`${root}/plugins/${id}/package.json`))
  .flatMap((id) => [
    ...(built.includes(`plugins/${id}`) ? [] : [`plugins/${id} is not in the references of tsconfig.json`]),
    ...(list.includes(`(${id}/`) ? [] : [`plugins/${id} is not in the list of plugins/README.md`]),
  ]);
for (const finding of findings) console.log(finding);
process.exit(findings.length === 0 ? 0 : 1);
