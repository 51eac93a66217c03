/** `npm run test:long`: as `dev-reload.test.ts`, within 2 s of the change. */
process.env['FAULTLINE_TIMED'] ??= 'yes';
await import('./dev-reload.test.js');

export {};
