import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runCommand } from '@faultline/server/testing';
import { signatureListFiles, signatureListNames } from '@faultline/signature';
import { describe, expect, it } from 'vitest';
import * as command from '../../../plugins/signature/src/cli/signature.js';

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += size) yield Promise.resolve(bytes.subarray(at, at + size));
}

function call(args: string[], input: string, size = 7) {
  const importFrom = () => Promise.reject(new Error('this command asks no other plugin'));
  return runCommand(command, args, { stdin: () => chunks(input, size), importFrom });
}

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const crash = { threads: [{ frames: [{ function: 'memcpy' }, { function: 'änderung(int)' }] }] };

describe('faultline signature', () => {
  it('prints signature, proto signature, notes and steps of one crash', async () => {
    const { code, stdout } = await call([], JSON.stringify(crash, null, 2));
    expect(code).toBe(0);
    expect(lines(stdout)).toEqual([
      {
        signature: 'memcpy | nderung',
        proto_signature: 'memcpy | änderung',
        notes: ['SigPrintableCharsOnly: unprintable characters removed'],
        steps: [
          { rule: 'SignatureGenerationRule', before: '', after: 'memcpy | änderung' },
          { rule: 'SigPrintableCharsOnly', before: 'memcpy | änderung', after: 'memcpy | nderung' },
        ],
      },
    ]);
  });

  it('prints one line for each line of a batch, also for one that can not be read', async () => {
    const input = [JSON.stringify(crash), 'no json', '', '[]', JSON.stringify({ json_dump: crash })].join('\r\n');
    const { code, stdout } = await call(['--batch'], input);
    expect(code).toBe(1);
    expect(lines(stdout).map(({ signature, error }) => signature ?? (error as { code: string }).code)).toEqual([
      'memcpy | nderung',
      'CRASH_DATA_NOT_JSON',
      'CRASH_DATA_NO_OBJECT',
      'memcpy | nderung',
    ]);
  });

  it('uses the lists of a folder, and names bad lines on standard error', async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'faultline-lists-'));
    try {
      for (const name of signatureListNames) writeFileSync(path.join(folder, signatureListFiles[name]), '');
      writeFileSync(path.join(folder, signatureListFiles.irrelevant), 'mem\n(');
      const { stdout, stderr } = await call(['--lists', folder], JSON.stringify(crash));
      expect(lines(stdout)[0]?.['signature']).toBe('nderung');
      expect(stderr).toContain('irrelevant_signature_re.txt:2: error EXPRESSION_INVALID');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('explains to people', async () => {
    const { stdout } = await call(['--explain'], JSON.stringify(crash));
    expect(stdout).toContain('signature: memcpy | nderung');
    expect(stdout).toMatch(/\* +0 +memcpy +kept, and the next frame is added \[built-in\/prefix:\d+ /);
    expect(stdout).toMatch(/\* +1 +änderung +ends the signature/);
  });

  it('signs with the rules of Socorro unless told otherwise', async () => {
    const input = JSON.stringify({ ...crash, ipc_channel_error: 'Bad' });
    expect(lines((await call([], input)).stdout)[0]?.['signature']).toBe('IPCError-content | Bad');
    expect(lines((await call(['--ruleset', 'default'], input)).stdout)[0]?.['signature']).toBe('memcpy | nderung');
  });

  it.each([
    [['--nonsense'], 'nonsense'],
    [['--ruleset', 'x'], 'Known: default, socorro'],
    [['--lists', '/nowhere'], 'is no folder'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr, stdout } = await call(args, '');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('fails on input that is no crash data', async () => {
    expect(await call([], '')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('no JSON') as string,
    });
  });

  it('prints its help', async () =>
    expect(await call(['--help'], '')).toMatchObject({ code: 0, stdout: command.help }));

  it('signs a long batch in pieces', async () => {
    const { stdout } = await call(['--batch'], `${JSON.stringify(crash)}\n`.repeat(3000), 65_536);
    expect(lines(stdout)).toHaveLength(3000);
  });
});
