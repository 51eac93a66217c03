/** `npm run test:long`: as `file-growth.test.ts`, over 40 rounds beside other processes. */
process.env['FAULTLINE_GROWTH_ROUNDS'] ??= '40';
await import('./file-growth.test.js');

export {};
