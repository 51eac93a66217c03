/** What answering a request cost: Eliot's `debug` object, for requests with a header `Debug`. */
import type { SymbolAttempt } from '@faultline/sdk/module-symbols';
import type { MappedModule } from './symbolication-request.js';

type Seconds = number;

/** Modules are named `<debug file>/<debug id>`; sizes are bytes as they were sent. */
export interface SymbolicationDebug {
  /** Of the whole. */
  time: Seconds;
  /** Frames; `real` are those that are in a module. */
  stacks: { count: number; real: number };
  modules: { count: number; stacks_per_module: Record<string, number> };
  /** Asked of folders and of the cache. */
  cache_lookups: { count: number; hits: number; time: Seconds };
  /** Asked of servers. */
  downloads: {
    count: number;
    size: number;
    time: Seconds;
    size_per_module: Record<string, number>;
    time_per_module: Record<string, Seconds>;
    fail_time_per_module: Record<string, Seconds>;
  };
  /** Making and opening the index, which Eliot's symcache is here; keeping it is part of making it. */
  parse_sym: { time: Seconds; time_per_module: Record<string, Seconds> };
}

export class DebugTally {
  private readonly began = performance.now();
  private readonly debug: SymbolicationDebug = {
    time: 0,
    stacks: { count: 0, real: 0 },
    modules: { count: 0, stacks_per_module: {} },
    cache_lookups: { count: 0, hits: 0, time: 0 },
    downloads: { count: 0, size: 0, time: 0, size_per_module: {}, time_per_module: {}, fail_time_per_module: {} },
    parse_sym: { time: 0, time_per_module: {} },
  };

  noteFrame(module: MappedModule | undefined): void {
    const { stacks, modules } = this.debug;
    stacks.count++;
    if (module === undefined) return;
    stacks.real++;
    add(modules.stacks_per_module, nameOf(module), 1);
  }

  /** @param seconds from the question to the symbols, or to their lack */
  noteLookup(module: MappedModule, attempts: readonly SymbolAttempt[], seconds: Seconds): void {
    const { cache_lookups: lookups, downloads, parse_sym: parsed } = this.debug;
    const name = nameOf(module);
    let rest = seconds;
    for (const { location, status, bytes, milliseconds } of attempts) {
      const took = milliseconds / 1000;
      rest -= took;
      const isFound = status === 'found';
      if (!/^https?:/.test(location)) {
        lookups.count++;
        lookups.time += took;
        if (isFound) lookups.hits++;
        continue;
      }
      downloads.count++;
      downloads.time += took;
      downloads.size += bytes;
      add(isFound ? downloads.time_per_module : downloads.fail_time_per_module, name, took);
      if (isFound) add(downloads.size_per_module, name, bytes);
    }
    if (!attempts.some(({ status }) => status === 'found')) return;
    parsed.time += Math.max(0, rest);
    add(parsed.time_per_module, name, Math.max(0, rest));
  }

  finish(): SymbolicationDebug {
    const { modules } = this.debug;
    modules.count = Object.keys(modules.stacks_per_module).length;
    return { ...this.debug, time: (performance.now() - this.began) / 1000 };
  }
}

function nameOf([debugFile, debugId]: MappedModule): string {
  return `${debugFile}/${debugId}`;
}

function add(sums: Record<string, number>, name: string, more: number): void {
  sums[name] = (sums[name] ?? 0) + more;
}
