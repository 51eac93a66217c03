/** `npm run test:long`: as `real-crash.test.ts`, by the shared tool as it stands. */
process.env['FAULTLINE_REAL_CRASH'] ??= 'as it stands';
await import('./real-crash.test.js');

export {};
