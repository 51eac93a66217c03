/** `npm run test:long`: as `clock-jumps.test.ts`, on both buses. */
process.env['FAULTLINE_JUMPS'] ??= 'both';
await import('./clock-jumps.test.js');

export {};
