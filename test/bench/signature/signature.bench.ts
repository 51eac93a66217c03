/**
 * How fast signatures are made, and how much faster than by siggen, on the same crash data and lists in one run.
 *   node_modules/.bin/esbuild test/bench/signature/signature.bench.ts --bundle --platform=node --format=esm \
 *     --conditions=source --outfile=/tmp/signature.bench.mjs && node /tmp/signature.bench.mjs [COUNT]
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  builtInListTexts,
  generateSignature,
  parseSignatureLists,
  signatureListFiles,
  socorroRuleset,
} from '@faultline/signature';
import type { CrashData, SignatureListName } from '@faultline/signature';
import { askSiggen, findSiggen, siggenLists } from '../../sdk/signature/siggen-peer.js';
import { crash, seeded, times } from '../../sdk/signature/signature-vectors.js';

const count = Number(process.argv[2] ?? 5000);
const python = findSiggen();
const folder = python === null ? null : siggenLists(python);
const read = (name: SignatureListName) =>
  folder === null ? builtInListTexts[name] : readFileSync(path.join(folder, signatureListFiles[name]), 'utf8');
const lists = parseSignatureLists({
  irrelevant: read('irrelevant'),
  prefix: read('prefix'),
  sentinels: read('sentinels'),
  withLineNumbers: read('withLineNumbers'),
});

const random = seeded(1);
const vectors = times(count, () => JSON.stringify(crash(random)));

/** Signatures a second over fresh copies, so that nothing is known of the texts but what the lists remember. */
function rate(): number {
  const copies = vectors.map((text) => JSON.parse(text) as CrashData);
  const start = performance.now();
  for (const data of copies) generateSignature(data, lists, { rules: socorroRuleset });
  return (count / (performance.now() - start)) * 1000;
}

const rates = times(9, rate);
const [first = 0] = rates;
const median = [...rates.slice(1)].sort((a, b) => a - b)[4] ?? 0;
console.log(
  `ours: ${Math.round(first)} signatures/s at first sight, ${Math.round(median)}/s (median of 8 further rounds)`,
);
if (python !== null) {
  const questions = vectors.map((text) => ({ signature: JSON.parse(text) as CrashData }));
  const peer = times(3, () => count / (askSiggen(python, folder, questions).at(-1)?.seconds ?? Infinity));
  const best = Math.max(...peer);
  console.log(`siggen: ${Math.round(best)}/s (best of 3); ours is ${(median / best).toFixed(1)} times as fast`);
}
