/**
 * Who may import whom (design: layout). The checker reads the TypeScript sources.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'sdk-imports-only-sdk',
      comment: 'The sdk is what a plugin author may import; it must not know server, plugins or screens.',
      severity: 'error',
      from: { path: '^sdk/' },
      to: { path: '^(server|plugins|desktop|test)/' },
    },
    {
      name: 'contracts-import-no-other-sdk',
      severity: 'error',
      from: { path: '^sdk/contracts/' },
      to: { path: '^sdk/(?!contracts/)' },
    },
    {
      name: 'plugins-import-only-sdk',
      severity: 'error',
      from: { path: '^plugins/' },
      to: { path: '^(server|desktop|test)/' },
    },
    {
      name: 'plugins-do-not-import-each-other',
      severity: 'error',
      from: { path: '^plugins/([^/]+)/' },
      to: { path: '^plugins/', pathNot: '^plugins/$1/' },
    },
    {
      name: 'server-finds-plugins-by-manifest',
      severity: 'error',
      from: { path: '^server/' },
      to: { path: '^(plugins|desktop|test)/' },
    },
    {
      name: 'desktop-imports-only-sdk',
      severity: 'error',
      from: { path: '^desktop/' },
      to: { path: '^(server|plugins|test)/' },
    },
    {
      name: 'pure-sdk-has-no-io',
      comment: 'The same code runs in Node, a worker and a browser.',
      severity: 'error',
      from: { path: '^sdk/(contracts|minidump|symbols|signature)/src' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'products-do-not-import-tests',
      severity: 'error',
      from: { path: '^(sdk|server|plugins|desktop)/', pathNot: '^(sdk/testing|server/src/testing)' },
      to: { path: 'node_modules/(vitest|fast-check|playwright-core)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['source', 'import', 'default'] },
  },
};
