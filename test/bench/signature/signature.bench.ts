/**
 * How fast signatures are made, and how much faster than by siggen, on the same crash data and lists in one run.
 *   node test/bench/run.js test/bench/signature/signature.bench.ts [COUNT]
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
import type { CrashData, SignatureListName, SignatureLists } from '@faultline/signature';
import { askSiggen, findSiggen, siggenLists } from '../../sdk/signature/siggen-peer.js';
import { crash, seeded, times } from '../../sdk/signature/signature-vectors.js';

const count = Number(process.argv[2] ?? 5000);
const python = findSiggen();
const folder = python === null ? null : siggenLists(python);
const read = (name: SignatureListName) =>
  folder === null ? builtInListTexts[name] : readFileSync(path.join(folder, signatureListFiles[name]), 'utf8');
const texts = {
  irrelevant: read('irrelevant'),
  prefix: read('prefix'),
  sentinels: read('sentinels'),
  withLineNumbers: read('withLineNumbers'),
};
const lists = parseSignatureLists(texts);

const random = seeded(1);
const vectors = times(count, () => JSON.stringify(crash(random)));

const atOnce = 100;

/**
 * Signatures a second of processor time, as of siggen. Crash data is read, signed and dropped as it comes, so that
 * nothing is known of the texts but what the lists remember; reading is not counted, for siggen neither.
 */
function rate(lists: SignatureLists): number {
  let spent = 0;
  for (let from = 0; from < vectors.length; from += atOnce) {
    const crashes = vectors.slice(from, from + atOnce).map((text) => JSON.parse(text) as CrashData);
    const start = process.cpuUsage();
    for (const data of crashes) generateSignature(data, lists, { rules: socorroRuleset });
    const { user, system } = process.cpuUsage(start);
    spent += user + system;
  }
  return (count / spent) * 1_000_000;
}

const medianOf = (rates: number[]): number => [...rates].sort((a, b) => a - b)[Math.floor(rates.length / 2)] ?? 0;
const first = rate(lists);
const median = medianOf(times(8, () => rate(lists)));
// A program that has run for a while, and names that it never saw.
const unseen = medianOf(times(5, () => rate(parseSignatureLists(texts))));
console.log(
  `ours: ${Math.round(first)} signatures/s in the first round, ${Math.round(median)}/s (median of 8 further rounds), ` +
    `${Math.round(unseen)}/s with lists that remember nothing (median of 5)`,
);
if (python !== null) {
  const questions = vectors.map((text) => ({ signature: JSON.parse(text) as CrashData }));
  const peer = times(3, () => count / (askSiggen(python, folder, questions).at(-1)?.seconds ?? Infinity));
  const best = Math.max(...peer);
  const factors = [median, unseen].map((ours) => (ours / best).toFixed(1));
  console.log(`siggen: ${Math.round(best)}/s (best of 3); ours is ${factors.join(' and ')} times as fast`);
}
