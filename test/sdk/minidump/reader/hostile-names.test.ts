import { describe, expect, it } from 'vitest';
import { breakpadText, humanText, walkJsonText } from '@faultline/minidump';
import { smallDump, walkDescribed } from '../described-dump.js';

describe('names that lie', () => {
  const name = '../../etc/\u001b[31mevil\u202efdp.exe|x\u0000<script>';

  it('keeps a path of the dump out of the printed module names', async () => {
    const result = await walkDescribed({
      ...smallDump,
      modules: [{ base: 0x40_0000n, size: 0x1_0000, name: '../../../etc/passwd' }],
    });
    expect(walkJsonText(result)).toContain('"filename":"passwd"');
  });

  it('shows no terminal escape, no bidi control and no separator of the dump in its texts', async () => {
    const result = await walkDescribed({
      ...smallDump,
      system: { csdVersion: name },
      modules: [{ base: 0x40_0000n, size: 0x1_0000, name }],
      threads: [{ ...smallDump.threads?.[0], id: 1, name }],
    });
    for (const text of [humanText(result), breakpadText(result)]) {
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
      expect(text).toContain('\\u{1b}[31mevil\\u{202e}fdp.exe');
    }
    expect(
      breakpadText(result)
        .split('\n')
        .find((line) => line.startsWith('Module'))
        ?.split('|'),
    ).toHaveLength(8);
  });

  it('takes modules of 4 GB, of size 0 and at the end of the address space', async () => {
    const modules = [
      { base: 0x40_0000n, size: 0xffff_ffff, name: 'huge' },
      { base: 0x1000n, size: 0, name: 'empty' },
      { base: 0xffff_ffff_ffff_0000n, size: 0x2_0000, name: 'last' },
    ];
    const result = await walkDescribed({ ...smallDump, modules });
    expect(result.threads[0]?.frames[0]?.module?.codeFile).toBe('huge');
    expect(() => walkJsonText(result)).not.toThrow();
  });
});
