/** `npm run test:long`: as `shared-folder.test.ts`, where the process that is killed has the search index. */
process.env['FAULTLINE_KILL_HEAD'] ??= 'yes';
await import('./shared-folder.test.js');

export {};
