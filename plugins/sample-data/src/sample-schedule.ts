import type { SampleCrash } from './samples/sample.js';

const dayLength = 24 * 60 * 60 * 1000;

/** One sample report: which crash, of which version and machine, and when. */
export interface ScheduledReport {
  sample: SampleCrash;
  version: string;
  /** When it was received; ms since 1970. */
  time: number;
  /** Which of a handful of machines; some crash again and again. */
  machine: number;
  uptime: number;
}

/**
 * Spreads reports over the days before `now`, each crash by its weight, later versions later. Deterministic but for
 * `now`. Oldest first.
 */
export function scheduleReports(
  samples: readonly SampleCrash[],
  { reports, days, now }: { reports: number; days: number; now: number },
): ScheduledReport[] {
  const chance = sequence(20_261_122);
  const total = samples.reduce((sum, sample) => sum + sample.weight, 0);
  const scheduled = samples.flatMap((sample) => {
    const count = Math.max(1, Math.round((reports * sample.weight) / total));
    return Array.from({ length: count }, (_, index) => {
      const since = sample.since ?? 0;
      const place = since + (1 - since) * ((index + chance()) / count);
      const newest = Math.min(sample.versions.length - 1, Math.floor(place * sample.versions.length));
      const version = sample.versions[chance() < 0.75 ? newest : Math.floor(chance() * (newest + 1))];
      return {
        sample,
        version: version ?? '',
        time: Math.round(now - days * dayLength * (1 - place) - 60_000),
        machine: Math.floor(chance() * chance() * 12),
        uptime: Math.round(5 + 20_000 * chance() ** 3),
      };
    });
  });
  return scheduled.sort((a, b) => a.time - b.time);
}

/** Fractions in [0, 1) that are the same every time (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
