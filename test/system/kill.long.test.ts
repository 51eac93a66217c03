/** `npm run test:long`: as `kill.test.ts`, over fifty kills. */
process.env['FAULTLINE_KILLS'] ??= '50';
await import('./kill.test.js');

export {};
