/** `npm run test:long`: as `file-growth.test.ts`, over 120 rounds beside other processes. */
process.env['FAULTLINE_GROWTH_ROUNDS'] ??= '120';
await import('./file-growth.test.js');

export {};
