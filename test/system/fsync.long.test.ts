/** `npm run test:long`: as `fsync.test.ts`, with two hundred posts. */
process.env['FAULTLINE_FSYNC_POSTS'] ??= '200';
await import('./fsync.test.js');

export {};
