import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { RuleModuleReference } from '@faultline/sdk';
import { build } from 'esbuild';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/** The thread's program, made of the sources, and a place for modules with rules. A thread of Node can't run ours. */
export async function makeRulesProgram() {
  const folder = await mkdtemp(path.join(repository, 'node_modules', '.rules-program-'));
  const program = path.join(folder, 'rules-worker.mjs');
  await build({
    entryPoints: [path.join(repository, 'plugins/processor/src/worker/rules-worker.ts')],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    conditions: ['source'],
    logLevel: 'error',
  });
  let count = 0;
  return {
    program: pathToFileURL(program),
    /** @param code of a module that may call `rule(id, apply, facts)` and export a default */
    async module(plugin: string, rules: string[], code: string, config: unknown = {}): Promise<RuleModuleReference> {
      const file = path.join(folder, `module-${count++}.mjs`);
      await writeFile(file, `${prelude}\n${code}\n`);
      return { plugin, module: pathToFileURL(file).href, config, rules };
    },
    /** A plugin's own rules, made of its sources. */
    async ownRules(plugin: string, config: unknown = {}): Promise<RuleModuleReference> {
      const file = path.join(folder, `${plugin}.mjs`);
      const manifest = path.join(repository, 'plugins', plugin, 'package.json');
      const { faultline } = JSON.parse(await readFile(manifest, 'utf8')) as {
        faultline: { contributes: { ProcessingRule: { id: string }[] } };
      };
      await build({
        entryPoints: [path.join(repository, 'plugins', plugin, 'src/rules.ts')],
        outfile: file,
        bundle: true,
        format: 'esm',
        platform: 'node',
        target: 'node20',
        conditions: ['source'],
        logLevel: 'error',
      });
      const rules = faultline.contributes.ProcessingRule.map(({ id }) => id);
      return { plugin, module: pathToFileURL(file).href, config, rules };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

const prelude = `
const rule = (id, apply, facts = {}) => ({ id, title: id, version: 1, reads: [], writes: [id.replaceAll('/', '_')], apply, ...facts });
`;
