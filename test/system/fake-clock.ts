/** The machine's date as a server sees it, by libfaketime: it may be set forward and back while the server runs. */
import { execFileSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { requireProgram } from '../programs.js';
import { temporaryFolder } from './server-process.js';

export const canFakeTime = requireProgram('faketime');

export class MachineDate {
  readonly #file = path.join(temporaryFolder(), 'date');
  #offset = 0;

  /** @param date what it is now; it goes on from there */
  constructor(date: string) {
    this.set(date);
  }

  set(date: string): void {
    this.#offset = Math.round((Date.parse(date) - Date.now()) / 1000);
    // A reader sees one or the other.
    writeFileSync(`${this.#file}.new`, `${this.#offset < 0 ? '' : '+'}${this.#offset}\n`);
    renameSync(`${this.#file}.new`, this.#file);
  }

  now(): Date {
    return new Date(Date.now() + this.#offset * 1000);
  }

  /** For the server's process. What measures time that has passed is left alone, as the machine does it too. */
  get environment(): Record<string, string> {
    const library = execFileSync('faketime', ['-m', '-f', '+0s', 'printenv', 'LD_PRELOAD'], { encoding: 'utf8' });
    return {
      LD_PRELOAD: library.trim(),
      FAKETIME_TIMESTAMP_FILE: this.#file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    };
  }
}
