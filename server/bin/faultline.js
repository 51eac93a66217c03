#!/usr/bin/env node
// Committed as it is: npm makes no link for a program that is built later.
import { existsSync } from 'node:fs';

const built = new URL('../dist/cli/main.js', import.meta.url);

if (existsSync(built)) {
  const { main } = await import(built.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write('faultline: the program is not built yet. Run `npm run build` in the repository.\n');
  process.exitCode = 1;
}
