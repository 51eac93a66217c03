import type { JsonValue } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { symbolCounts, WalkCounters, WalkFigures } from '../../../plugins/stackwalk/src/walk-counters.js';

function walked(status: string, milliseconds: number, modules: JsonValue = []) {
  return { status, milliseconds, symbols: symbolCounts(status === 'OK' ? { modules } : null) };
}

describe('counters of walks', () => {
  it('tell nothing of durations before the first walk', () => {
    expect(new WalkCounters().figures(0)).toEqual({
      processes: 0,
      walks: {},
      duration: null,
      symbols: { loaded: 0, corrupt: 0, missing: 0 },
    });
  });

  it('count walks by status, and modules by their symbols', () => {
    const counters = new WalkCounters();
    const modules = [
      { loaded_symbols: true, corrupt_symbols: false, missing_symbols: false },
      { loaded_symbols: true, corrupt_symbols: true, missing_symbols: false },
      { loaded_symbols: false, corrupt_symbols: false, missing_symbols: true },
      { loaded_symbols: false, corrupt_symbols: false, missing_symbols: false },
      'not a module',
    ];
    counters.count(walked('OK', 10, modules));
    counters.count(walked('Timeout', 30));
    counters.count(walked('OK', 20, 'not a list'));
    expect(WalkFigures.parse(counters.figures(2))).toEqual({
      processes: 2,
      walks: { OK: 2, Timeout: 1 },
      duration: { median: 20, p95: 30 },
      symbols: { loaded: 1, corrupt: 1, missing: 1 },
    });
  });

  it('take percentiles of the last thousand walks only', () => {
    const counters = new WalkCounters();
    for (let count = 0; count < 1000; count++) counters.count(walked('OK', 9999));
    for (let count = 1; count <= 1000; count++) counters.count(walked('OK', count));
    expect(counters.figures(1).duration).toEqual({ median: 501, p95: 951 });
  });
});
