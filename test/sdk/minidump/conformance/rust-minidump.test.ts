import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type JsonValue, walkJson, walkMinidump } from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { corpusPath, hasCorpus, requireCorpus } from '../../../corpus.js';
import { compareLeaves } from './golden-leaves.js';
import { knownDifferences } from './known-differences.js';
import { symbolFolder } from './symbol-folder.js';

requireCorpus();

/** Symbol folders of the goldens with symbols, as the README beside them names them. */
const symbolFolders: Record<string, string> = {
  breakpad__linux_overflow: 'breakpad/symbols',
  breakpad__minidump2: 'breakpad/symbols',
  'rust-minidump__test': 'rust-minidump/symbols',
  breakpad__linux_inline: 'breakpad/symbols',
  own__crashy: 'own/symbols',
};

/** Two vintages stand in one folder under names of their own. */
const inlineId = 'BBA6FA10B8AAB33D00000000000000000';
const movedFiles = () => ({
  [inlineId]: corpusPath('breakpad/symbols/linux_inline', inlineId, 'linux_inline.new.sym'),
});

const goldens = hasCorpus ? readdirSync(corpusPath('rust-minidump-out')).filter((name) => name.endsWith('.json')) : [];

async function differencesOf(golden: string) {
  const withSymbols = golden.endsWith('.sym.json');
  const stem = golden.replace(/(\.sym)?\.json$/, '');
  const [folder = '', name = ''] = stem.split('__');
  const symbols = withSymbols ? symbolFolder(corpusPath(symbolFolders[stem] ?? ''), movedFiles()) : null;
  const source = bytesSource(readFileSync(corpusPath(folder, `${name}.dmp`)));
  const result = await walkMinidump({ source, symbols });
  const text = readFileSync(corpusPath('rust-minidump-out', golden), 'utf8');
  return compareLeaves(JSON.parse(text) as JsonValue, walkJson(result));
}

describe.skipIf(!hasCorpus)('agreement with rust-minidump', () => {
  it.each(goldens)('%s: every leaf, but for the known differences', async (golden) => {
    const { leaves, differences } = await differencesOf(golden);
    const known = knownDifferences.filter((entry) => entry.golden === golden);
    const isKnown = (path: string) => known.some((entry) => entry.path.test(path));
    expect(leaves).toBeGreaterThan(100);
    expect(differences.filter(({ path }) => !isKnown(path))).toEqual([]);
    const stale = known.filter((entry) => !differences.some(({ path }) => entry.path.test(path)));
    expect(stale, 'known differences that no longer differ').toEqual([]);
  });

  it('names a golden for each known difference', () => {
    expect(knownDifferences.filter(({ golden }) => !goldens.includes(golden))).toEqual([]);
  });

  it('keeps at most 25 kinds of differences', () => {
    expect(new Set(knownDifferences.map(({ reason }) => reason)).size).toBeLessThanOrEqual(25);
  });
});
