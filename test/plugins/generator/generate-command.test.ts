import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '@faultline/server/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as command from '../../../plugins/generator/src/cli/generate-command.js';

describe('faultline generate', () => {
  let data: string;
  beforeEach(async () => {
    data = await mkdtemp(join(tmpdir(), 'faultline-generate-'));
  });
  afterEach(() => rm(data, { recursive: true, force: true }));

  it('says what is wrong with its words, and touches no folder', async () => {
    for (const [args, complaint] of [
      [[], 'how many crashes'],
      [['--crashes', 'many'], '--crashes must be a whole number'],
      [['--crashes', '0'], '--crashes must be a whole number'],
      [['--crashes', '10', '--days', '1.5'], '--days must be a whole number'],
      [['--crashes', '10', '--end', 'soon'], '--end must be a date'],
      [['--crashes', '10', 'more'], '"more" is not understood'],
    ] as const) {
      const { code, stderr } = await runCommand(command, [...args, '--data', join(data, 'none')]);
      expect(code).toBe(2);
      expect(stderr).toContain(complaint);
    }
    expect(await readdir(data)).toEqual([]);
  });

  it(
    'fills store and index, shows how far it is, and finds what is there when it is called again',
    { timeout: 60_000 },
    async () => {
      const args = ['--crashes', '60', '--days', '2', '--end', '2026-11-22', '--data', data];
      const first = await runCommand(command, args);
      expect(first).toMatchObject({ code: 0 });
      expect(first.stdout).toContain('60 crashes stored and indexed');
      expect(first.stderr).toContain('60 of 60');
      const second = await runCommand(command, args);
      expect(second.stdout).toContain('60 were there before');
      expect((await readdir(join(data, 'crashes'))).sort()).toEqual(['2026-11-20', '2026-11-21']);
    },
  );

  it('stops when it is interrupted, without a stack of its own', async () => {
    const stop = new AbortController();
    stop.abort();
    const stopped = await runCommand(command, ['--crashes', '5000', '--data', data], { signal: stop.signal });
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toBe('\nstopped: what was stored stays, and the same command goes on from there\n');
  });
});
