/** `npm run test:long`: as `symbol-cache.test.ts`, over two hundred kills. */
process.env['FAULTLINE_CACHE_KILLS'] ??= '200';
await import('./symbol-cache.test.js');

export {};
