/**
 * Fills a cache of symbols until it is ended, as a walker does: a download and its index at a time, with the quota kept
 * by whoever writes. Prints the name of each module that is done.
 * node fill-symbol-cache.js FOLDER MAX_BYTES PREFIX
 */
import { writeFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';

const built = (name) => import(new URL(`../../plugins/symbols/dist/${name}.js`, import.meta.url).href);
const { CacheQuota } = await built('cache/cache-quota');
const { DownloadCache } = await built('provider/download-cache');
const { IndexStore } = await built('index-store/index-store');

const [folder, maxBytes, prefix] = process.argv.slice(2);
/** A minute ahead: what was written just now would not be let go for half a minute, and nothing be swept. */
const now = () => Date.now() + 60_000;
const quota = new CacheQuota({ folder, maxBytes: Number(maxBytes), keepFree: 0, missLifetime: 60_000 }, now);
const noteWritten = (bytes) => quota.noteWritten(bytes);
const cache = new DownloadCache(folder, 60_000, now, noteWritten);
const indexes = new IndexStore({ indexFolder: folder, maxTextBytes: 1e6, buildThreads: 1, noteWritten });

for (let count = 0; ; count++) {
  const name = `${prefix}-${count}.so`;
  const place = { folder: name, id: '5A9832E5287241C1838ED98914E9B7FF1', file: `${name}.sym` };
  const temporary = cache.newTemporary();
  writeFileSync(temporary, symbolText(name, place.id));
  const text = cache.keep(temporary, place, `https://symbols.example.org/${name}`);
  const { symbols } = await indexes.open(text, place, name);
  await symbols.close();
  process.stdout.write(`${name}\n`);
  await turn();
}

/** Of 5 to 30 KB; its last line tells a torn one. */
function symbolText(name, id) {
  const rows = 200 + ((name.length * 131 + name.charCodeAt(name.length - 4) * 61) % 1000);
  const lines = Array.from({ length: rows }, (_, row) => `PUBLIC ${(row * 16 + 16).toString(16)} 0 ${name}_${row}`);
  return `MODULE Linux x86_64 ${id} ${name}\n${lines.join('\n')}\nPUBLIC fffff0 0 ${name}_end\n`;
}
