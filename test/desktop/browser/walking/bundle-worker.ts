import { fileURLToPath } from 'node:url';
import { build, defaultClientConditions, type Rolldown } from 'vite';

export interface WorkerBundle {
  /** JavaScript by file name; the first one is the worker's program. */
  files: ReadonlyMap<string, string>;
  /** Modules of Node that something in it imports. */
  nodeModules: string[];
}

/**
 * Bundles a worker as a page would, from the sources.
 * @param program the worker's module
 * @param aliases modules that stand for others, by patterns of their names
 */
export async function bundleWorker(program: URL, aliases: Record<string, URL> = {}): Promise<WorkerBundle> {
  const output = await build({
    root: fileURLToPath(new URL('.', import.meta.url)),
    configFile: false,
    logLevel: 'error',
    resolve: {
      conditions: ['source', ...defaultClientConditions],
      alias: Object.entries(aliases).map(([name, module]) => ({
        find: new RegExp(`^${name}$`),
        replacement: fileURLToPath(module),
      })),
    },
    build: {
      write: false,
      target: 'es2022',
      modulePreload: false,
      lib: { entry: fileURLToPath(program), formats: ['es'], fileName: 'worker' },
    },
  });
  const outputs = [output].flat() as Rolldown.RolldownOutput[];
  const chunks = outputs.flatMap((one) => one.output).filter((one) => one.type === 'chunk');
  const imported = chunks.flatMap((chunk) => [...chunk.moduleIds, ...chunk.imports, ...chunk.dynamicImports]);
  return {
    files: new Map(
      chunks.sort((one, other) => Number(other.isEntry) - Number(one.isEntry)).map((one) => [one.fileName, one.code]),
    ),
    nodeModules: imported.filter((id) => id.startsWith('node:') || id.includes('__vite-browser-external')),
  };
}
