/** Crashes of odd values, the same for the same seed. */
import type { ProcessedCrash } from '@faultline/sdk';
import { makeCrashId } from '@faultline/sdk/crash-id';

/** Mulberry32: the same fractions for the same seed. */
export function fractions(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const texts = [
  'OOM | small',
  'mozilla::dom::OnMessage',
  'OnMessage',
  'on message (again)',
  'Ünïcode 漢字 😀',
  '',
  "<b>'; DROP TABLE--",
  'a.b*c',
];
const products = ['Fenix', 'Focus', 'Firefox', 'fenix'];

export function randomCrashes(count: number, seed: number): ProcessedCrash[] {
  const random = fractions(seed * 7919);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const maybe = <T>(value: T): T | undefined => (random() < 0.75 ? value : undefined);
  return Array.from({ length: count }, () => {
    const time = Date.parse('2026-11-18T00:00:00Z') + Math.floor(random() * 4 * 86_400_000);
    const entropy = Uint8Array.from({ length: 16 }, () => Math.floor(random() * 256));
    return {
      crash_id: makeCrashId(entropy, time),
      status: 'complete',
      submitted_timestamp: new Date(time).toISOString(),
      started_datetime: new Date(time).toISOString(),
      completed_datetime: new Date(time + 1000).toISOString(),
      signature: pick(texts),
      ...present({
        product: maybe(pick(products)),
        version: maybe(pick(['1.0', '2.0', '10.0b1', ''])),
        uptime: maybe(pick([0, 1, 59, 60, 3600, -5, 2 ** 40, '17', 'not a number'])),
        load: maybe(pick([0, 0.5, -0.25, 1e300, 3])),
        startup_crash: maybe(pick([true, false, 'true', '0', 'maybe'])),
        install_date: maybe(pick(['2026-10-31T23:59:59Z', '2026-11-02', '1999-12-31T00:00:00.5+02:00', 'yesterday'])),
        modules: maybe(pick([[], ['a'], ['a', 'b', 'a'], ['c', 'libfoo.so'], 'single'])),
        json_dump: maybe({ system_info: { cpu_count: pick([1, 4, 8]) } }),
        url: maybe(pick(['https://example.org/', 'about:blank'])),
        app_notes: maybe(pick(['note', 'other note'])),
      }),
    } satisfies ProcessedCrash;
  });
}

function present<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
