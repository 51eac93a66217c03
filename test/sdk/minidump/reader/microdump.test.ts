import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { breakpadText, findMicrodumps, walkMinidump } from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { corpusPath, hasCorpus, requireCorpus } from '../../../corpus.js';
import { symbolFolder } from '../conformance/symbol-folder.js';

requireCorpus();

const prefix = '01-25 09:57:54.139 F/google-breakpad(23467): ';
const context = (() => {
  const bytes = new Uint8Array(716);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x10003, true);
  view.setUint32(184, 0x1234, true);
  view.setUint32(196, 0x9000, true);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
})();
const log = (lines: string[]) =>
  ['unrelated line', '-----BEGIN BREAKPAD MICRODUMP-----', ...lines, '-----END BREAKPAD MICRODUMP-----', 'more']
    .map((line) => prefix + line)
    .join('\r\n');
const lines = [
  'V App:1.2',
  'O A x86 04 i686 maker/model:5.0',
  'G UNKNOWN',
  'S 0 00009000 00009000 00000010',
  'S 00009000 0102030405060708',
  'S 00009008 090A0B0C0D0E0F10',
  `C ${context}`,
  'M 00001000 00000000 00001000 8F36148CC4647A8116CAF2A25F591F570 libapp.so',
];
const walkLog = (text: string, microdumpIndex = 0) =>
  walkMinidump({ source: bytesSource(new TextEncoder().encode(text)), microdumpIndex });

describe('microdumps', () => {
  it('are found in a log and walked', async () => {
    const result = await walkLog(log(lines));
    expect(result.dump).toMatchObject({
      format: 'microdump',
      system: { os: 'Android', cpu: 'x86', processorCount: 4 },
    });
    expect(result.threads[0]?.frames[0]).toMatchObject({ instruction: 0x1234n, module: { codeFile: 'libapp.so' } });
    expect(await result.dump.memory.readNumber(0x9004n, 8)).toBe(0x0c0b0a0908070605n);
    expect(result.problems).toEqual([]);
  });

  it('keep the reason where the writer gave one', async () => {
    const result = await walkLog(log([...lines, 'R 0000000B SIGSEGV 00000045']));
    expect(result.crash).toEqual({ type: 'SIGSEGV', address: 0x45n });
  });

  it('end their stack where lines of the log were dropped', async () => {
    const result = await walkLog(log(lines.filter((line) => !line.startsWith('S 00009008')).concat('S 00009010 00')));
    expect(result.problems.map(({ code }) => code)).toEqual(['STACK_GAP']);
    expect(await result.dump.memory.readNumber(0x9004n, 4)).toBe(0x08070605n);
    expect(await result.dump.memory.readNumber(0x9010n, 1)).toBeNull();
  });

  it('are refused without a context', async () => {
    await expect(walkLog(log(lines.filter((line) => !line.startsWith('C'))))).rejects.toMatchObject({
      code: 'MICRODUMP_INCOMPLETE',
    });
  });

  it('that have no end are none', async () => {
    const cut = log(lines).replace('-----END', '');
    expect(findMicrodumps(cut)).toEqual([]);
    await expect(walkLog(cut)).rejects.toMatchObject({ code: 'MINIDUMP_BAD_SIGNATURE' });
  });

  it('can be chosen where a log has several', async () => {
    const second = log(lines.map((line) => line.replace('libapp', 'libother')));
    expect((await walkLog(`${log(lines)}\n${second}`, 1)).dump.modules[0]?.codeFile).toBe('libother.so');
  });
});

/** Frames to compare: arm's symbols are not in the corpus; behind main, mips has nothing but a scan without symbols. */
const comparedFrames: Record<string, number> = { x86: Infinity, multiple: Infinity, mips32: 3, arm: 0 };

describe.skipIf(!hasCorpus)('real microdumps', () => {
  it.each(Object.entries(comparedFrames))(
    'microdump-%s: as Breakpad prints it, up to frame %d',
    async (name, frames) => {
      const source = bytesSource(readFileSync(corpusPath('breakpad', `microdump-${name}.dmp`)));
      const result = await walkMinidump({ source, symbols: symbolFolder(corpusPath('breakpad/symbols/microdump')) });
      const golden = corpusPath('breakpad-out', `breakpad__src__processor__testdata__microdump-${name}.m.out`);
      const shown = (text: string) =>
        text.split('\n').filter((line) => !/^0\|\d+\|/.test(line) || Number(line.split('|')[1]) < frames);
      expect(shown(breakpadText(result))).toEqual(shown(readFileSync(golden, 'utf8')));
    },
  );
});
