import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { breakpadText, walkMinidump } from '@faultline/minidump';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { corpusPath, hasCorpus, requireCorpus } from '../../../corpus.js';
import { symbolFolder } from './symbol-folder.js';

requireCorpus();

const names = [
  'ascii_read_av',
  'exec_av_on_stack',
  'linux_divide_by_zero',
  'linux_inline',
  'linux_outside_module',
  'linux_overflow',
  'minidump2',
  'minidump_crashpad_annotation',
  'null_read_av',
  'stack_exhaustion',
  'tiny-exe-with-cet-xsave',
  'write_av_non_canonical',
];

/**
 * System, CPU, crash and modules; frames differ where unwinding does (see rust-minidump.test.ts). Breakpad prints the
 * `si_code` of a signal that a program sent, 0, after the signal: that says nothing and is left out here.
 */
function head(text: string): string[] {
  const lines = text.split('\n');
  return lines.slice(0, lines.indexOf('')).map((line) => line.replace(/^(Crash\|SIG[A-Z]+) ?\/ ?0x00000000\|/, '$1|'));
}

describe.skipIf(!hasCorpus)("agreement with Breakpad's machine-readable text", () => {
  it.each(names)('%s: everything but the frames', async (name) => {
    const golden = corpusPath('breakpad-out', `breakpad__src__processor__testdata__${name}.m.out`);
    expect(existsSync(golden)).toBe(true);
    const result = await walkMinidump({ source: bytesSource(readFileSync(corpusPath('breakpad', `${name}.dmp`))) });
    expect(head(breakpadText(result))).toEqual(head(readFileSync(golden, 'utf8')));
  });

  it('minidump2 with symbols: every frame as well', async () => {
    const source = bytesSource(readFileSync(corpusPath('breakpad/minidump2.dmp')));
    const result = await walkMinidump({ source, symbols: symbolFolder(corpusPath('breakpad/symbols')) });
    const golden = readFileSync(corpusPath('breakpad/golden/minidump2.stackwalk.machine_readable.out'), 'utf8');
    expect(breakpadText(result).replaceAll('\r', '')).toBe(golden.replaceAll('\r', ''));
  });
});
