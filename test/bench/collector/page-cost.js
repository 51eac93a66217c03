/**
 * What memory costs on this machine, measured beside a bench by a process of its own: the CPU time of a write of
 * 512 KB into a new file's page cache, every 40 ms, until SIGTERM. Prints `{"p50":ms,"max":ms}`.
 *
 *     node test/bench/collector/page-cost.js FOLDER
 */
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';

const file = path.join(process.argv[2] ?? '.', 'page-cost');
const piece = Buffer.alloc(512 * 1024, 'x');
const costs = [];

function writeOnce() {
  const handle = openSync(file, 'w');
  const before = process.cpuUsage();
  writeSync(handle, piece);
  const { user, system } = process.cpuUsage(before);
  costs.push((user + system) / 1000);
  closeSync(handle);
  unlinkSync(file);
}

setInterval(writeOnce, 40);
process.once('SIGTERM', () => {
  costs.sort((a, b) => a - b);
  console.log(JSON.stringify({ p50: costs[costs.length >> 1], max: costs.at(-1) }));
  process.exit(0);
});
