import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { FaultlineError } from '@faultline/sdk';
import type { ConfigurationHistory } from '@faultline/sdk/api';
import { z } from 'zod';
import { systemErrorCode } from '@faultline/sdk/errors';
import { writeWhole } from './write-whole.js';

type Facts = ConfigurationHistory['entries'][number];

const Kept = z.object({
  number: z.int(),
  at: z.string(),
  by: z.string(),
  what: z.enum(['apply', 'rollback', 'hand edit']),
  settings: z.array(z.string()),
  text: z.string(),
});
type Kept = z.output<typeof Kept>;

/** Older ones go. */
const mostKept = 200;

/**
 * Former texts of the configuration file, a file each in `config-history/`, readable by the server's user alone: they
 * hold what the file holds, secrets included.
 */
export class ConfigHistory {
  constructor(private readonly folder: string) {}

  /** Newest first. */
  async entries(): Promise<Facts[]> {
    const entries: Facts[] = [];
    for (const number of (await this.numbers()).reverse()) {
      const { text: _text, ...facts } = await this.entry(number);
      entries.push(facts);
    }
    return entries;
  }

  /** Throws `NotFound CONFIG_HISTORY_UNKNOWN`. */
  async entry(number: number): Promise<Kept> {
    try {
      return Kept.parse(JSON.parse(await readFile(this.fileOf(number), 'utf8')));
    } catch (error) {
      throw new FaultlineError('NotFound', 'CONFIG_HISTORY_UNKNOWN', `There is no change number ${number}.`, {
        hint: '`faultline config history` lists them.',
        cause: error,
      });
    }
  }

  /** Keeps a text that now stands in the file. */
  async add(entry: Omit<Kept, 'number'>): Promise<number> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const numbers = await this.numbers();
    const number = (numbers.at(-1) ?? 0) + 1;
    await writeWhole(this.fileOf(number), JSON.stringify({ number, ...entry }), 0o600);
    for (const old of numbers.slice(0, Math.max(0, numbers.length + 1 - mostKept))) await rm(this.fileOf(old));
    return number;
  }

  /** The newest text; null when none is kept. */
  async newest(): Promise<Kept | null> {
    const number = (await this.numbers()).at(-1);
    return number === undefined ? null : this.entry(number);
  }

  private fileOf(number: number): string {
    return path.join(this.folder, `${number}.json`);
  }

  private async numbers(): Promise<number[]> {
    const names = await readdir(this.folder).catch((error: unknown) => {
      if (systemErrorCode(error) === 'ENOENT') return [];
      throw error;
    });
    return names
      .flatMap((name) => /^(\d+)\.json$/.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
  }
}
