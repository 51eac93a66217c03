// Bundles the programs that must start fast, after `tsc -b`: what `currentBundle` of their plugins looks for. A bundle
// is a copy; where one is missing or older than what was built, the modules themselves run.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const repository = fileURLToPath(new URL('../..', import.meta.url));

const bundles = [
  { plugin: 'stackwalk', programs: ['cli/walk-command.js', 'child/walk-program.js'] },
  // The worker is named by its address beside the module that starts it.
  { plugin: 'symbols', programs: ['provider/create-symbol-provider.js', 'index-store/build-piece-worker.js'] },
];

for (const { plugin, programs } of bundles) {
  const dist = `${repository}plugins/${plugin}/dist`;
  await build({
    root: repository,
    configFile: false,
    logLevel: 'warn',
    ssr: { noExternal: [/^@faultline\//], target: 'node' },
    build: {
      ssr: true,
      target: 'node20',
      minify: false,
      outDir: `${dist}/bundled`,
      emptyOutDir: true,
      rollupOptions: {
        input: programs.map((program) => `${dist}/${program}`),
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
}
