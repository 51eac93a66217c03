import type { JsonValue, Milliseconds, StackwalkResult, WalkEvent } from '@faultline/sdk';
import { z } from 'zod';

/** Percentiles are of so many last walks. */
const remembered = 1000;

/** What the walks of all processes came to since this one began to listen. */
export const WalkFigures = z.object({
  processes: z.int().describe('Walking processes of this server process alive now.'),
  walks: z.record(z.string(), z.int()).describe('Walks by what the crash says of them, e.g. OK or Timeout.'),
  duration: z
    .object({
      median: z.number().describe('Milliseconds, waiting for a process included.'),
      p95: z.number().describe('Milliseconds that one in twenty walks exceeds.'),
    })
    .nullable()
    .describe(`Of the last ${remembered} walks; null before the first.`),
  symbols: z
    .object({
      loaded: z.int().describe('Modules that had symbols.'),
      corrupt: z.int().describe('Modules whose symbols were no use.'),
      missing: z.int().describe('Modules without symbols.'),
    })
    .describe('Modules that frames touched, per walk.'),
});
export type WalkFigures = z.output<typeof WalkFigures>;

/** Counts walks in memory: nothing is lost that matters when the process ends. */
export class WalkCounters {
  readonly #walks = new Map<string, number>();
  readonly #durations: Milliseconds[] = [];
  readonly #symbols = { loaded: 0, corrupt: 0, missing: 0 };
  #total = 0;

  count({ status, milliseconds, symbols }: Pick<WalkEvent, 'status' | 'milliseconds' | 'symbols'>): void {
    this.#walks.set(status, (this.#walks.get(status) ?? 0) + 1);
    this.#durations[this.#total % remembered] = milliseconds;
    this.#total += 1;
    this.#symbols.loaded += symbols.loaded;
    this.#symbols.corrupt += symbols.corrupt;
    this.#symbols.missing += symbols.missing;
  }

  figures(processes: number): WalkFigures {
    const sorted = this.#durations.toSorted((one, other) => one - other);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
    const [median, p95] = [at(0.5), at(0.95)];
    return {
      processes,
      walks: Object.fromEntries([...this.#walks].sort(([one], [other]) => (one < other ? -1 : 1))),
      duration: median === undefined || p95 === undefined ? null : { median, p95 },
      symbols: { ...this.#symbols },
    };
  }
}

/** How many modules of a walk had symbols. */
export function symbolCounts(json: StackwalkResult['json']): WalkEvent['symbols'] {
  const counts = { loaded: 0, corrupt: 0, missing: 0 };
  const modules = json?.['modules'];
  for (const module of Array.isArray(modules) ? modules : []) countModule(module, counts);
  return counts;
}

function countModule(module: JsonValue, counts: WalkEvent['symbols']): void {
  if (typeof module !== 'object' || module === null || Array.isArray(module)) return;
  if (module['corrupt_symbols'] === true) counts.corrupt += 1;
  else if (module['loaded_symbols'] === true) counts.loaded += 1;
  else if (module['missing_symbols'] === true) counts.missing += 1;
}
