/**
 * What the rules' thread has in hand, in memory that both threads see: a thread that loops for ever can't answer, but
 * this can be read.
 */
import type { Milliseconds } from '@faultline/sdk';

export interface InHand {
  /** Number of the module that is loaded (`kind` 'module') or of the rule in its job's list (`kind` 'rule'). */
  kind: 'module' | 'rule';
  job: number;
  index: number;
  elapsed: Milliseconds;
}

/** Words of the cell: the job, the place plus one (negative for modules, 0 for nothing). */
const jobWord = 0;
const placeWord = 1;
/** Behind them, as a 64-bit number: when it began, on the machine's monotonic clock. */
const startWord = 1;
export const handCellSize = 16;

export class HandCell {
  private readonly words: Int32Array;
  private readonly times: BigInt64Array;

  constructor(cell: SharedArrayBuffer) {
    this.words = new Int32Array(cell);
    this.times = new BigInt64Array(cell);
  }

  begin(kind: InHand['kind'], job: number, index: number): void {
    Atomics.store(this.words, jobWord, job);
    Atomics.store(this.times, startWord, process.hrtime.bigint());
    Atomics.store(this.words, placeWord, kind === 'module' ? -(index + 1) : index + 1);
  }

  end(): void {
    Atomics.store(this.words, placeWord, 0);
  }

  /** Null when nothing is in hand. */
  read(): InHand | null {
    const place = Atomics.load(this.words, placeWord);
    if (place === 0) return null;
    const elapsed = Number(process.hrtime.bigint() - Atomics.load(this.times, startWord)) / 1e6;
    const job = Atomics.load(this.words, jobWord);
    return { kind: place < 0 ? 'module' : 'rule', job, index: Math.abs(place) - 1, elapsed };
  }
}
