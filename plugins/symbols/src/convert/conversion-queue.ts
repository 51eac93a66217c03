import type { Clock, StateKey, StateStore, UnixMillis } from '@faultline/sdk';
import type { SymbolRecord } from '../store/symbol-records.js';

/** A module whose native files are, or are to be, made into a `.sym`. A type: it is a JSON value. */
export type Conversion = {
  debugId: string;
  debugFile: string;
  isTry: boolean;
  state: 'waiting' | 'running' | 'done' | 'failed';
  /** Runs that were begun; one that killed the server counts. */
  attempts: number;
  /** What went wrong, in words; "" otherwise. */
  problem: string;
  /** Key of the `.sym`; "" until there is one. */
  result: string;
  changedAt: UnixMillis;
  milliseconds: number;
};

/** A file that the server died with so often is not tried again by itself. */
export const mostAttempts = 3;

const keyOf = (debugId: string, isTry: boolean): StateKey => [
  'symbols',
  isTry ? 'try-conversion' : 'conversion',
  debugId,
];

/** What waits for dump_syms, and what became of the rest; in the shared state, so that nothing is lost by a kill. */
export class ConversionQueue {
  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {}

  /** A file that comes makes its modules wait, again if they were done: another part of them has arrived. */
  async add({ native, isTry }: Pick<SymbolRecord, 'native' | 'isTry'>): Promise<number> {
    const modules = (native?.modules ?? []).filter(({ debugId }) => debugId !== '');
    for (const { debugId } of modules) {
      await this.put({
        debugId,
        debugFile: native?.debugFile ?? '',
        isTry,
        state: 'waiting',
        attempts: 0,
        problem: '',
        result: '',
        changedAt: this.clock.now(),
        milliseconds: 0,
      });
    }
    return modules.length;
  }

  async get(debugId: string, isTry: boolean): Promise<Conversion | null> {
    return (await this.state.get<Conversion>(keyOf(debugId, isTry)))?.value ?? null;
  }

  async put(conversion: Conversion): Promise<void> {
    await this.state.set(keyOf(conversion.debugId, conversion.isTry), {
      ...conversion,
      changedAt: this.clock.now(),
    } satisfies Conversion);
  }

  async remove({ debugId, isTry }: Conversion): Promise<void> {
    await this.state.delete(keyOf(debugId, isTry));
  }

  async *all(): AsyncGenerator<Conversion> {
    for (const kind of ['conversion', 'try-conversion']) {
      for await (const { value } of this.state.range<Conversion>({ prefix: ['symbols', kind] })) yield value;
    }
  }
}
