/** Both proxies of `proxies.test.ts`. */
process.env['FAULTLINE_PROXIES'] = 'nginx,Caddy';
await import('./proxies.test.js');

export {};
