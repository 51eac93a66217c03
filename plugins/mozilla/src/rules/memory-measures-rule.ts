import type { JsonValue } from '@faultline/sdk/raw-crash';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';

/** Firefox's codes (nsIMemoryReporter). */
const kinds = { nonheap: 0, heap: 1 } as const;
const unitBytes = 0;

/** Measures that are one path of their own. */
const single: Readonly<Record<string, string>> = {
  'gfx-textures': 'gfx_textures',
  'ghost-windows': 'ghost_windows',
  'heap-allocated': 'heap_allocated',
  'host-object-urls': 'host_object_urls',
  private: 'private',
  resident: 'resident',
  'resident-unique': 'resident_unique',
  'system-heap-allocated': 'system_heap_allocated',
  vsize: 'vsize',
  'vsize-max-contiguous': 'vsize_max_contiguous',
};
/** Measures that are the sum of all paths below one. */
const sums: readonly (readonly [prefix: string, measure: string])[] = [
  ['explicit/heap-overhead/', 'heap_overhead'],
  ['explicit/images/', 'images'],
  ['explicit/window-objects/top(none)/detached/', 'top_none_detached'],
  ['js-main-runtime/', 'js_main_runtime'],
];
/** All that Socorro has, also those of which a report says nothing. */
const memoryMeasures = [
  ...Object.values(single),
  ...sums.map(([, measure]) => measure),
  'explicit',
  'heap_unclassified',
].sort();

/** The main figures of the crashed process in a memory report; the report itself has thousands. */
export const memoryMeasuresRule: ProcessingRule = {
  id: 'mozilla/memory-measures',
  title: 'Main figures of the memory report',
  version: 1,
  reads: ['memory_report', 'json_dump'],
  writes: ['memory_measures'],
  applies: ({ processed }) => isFields(processed['memory_report']),
  apply({ processed }) {
    const report = processed['memory_report'];
    const dump = processed['json_dump'];
    const pid = isFields(dump) ? dump['pid'] : undefined;
    if (typeof pid !== 'number') return { notes: ['memory measures: the dump names no process'] };
    const measured = isFields(report) ? measure(report['reports'], pid) : 'no report';
    if (typeof measured === 'string') return { notes: [`memory measures: ${measured}`] };
    return { patch: { memory_measures: measured } };
  },
};

/** The measures, or why there are none. */
function measure(reports: JsonValue | undefined, pid: number): Record<string, number> | string {
  if (!Array.isArray(reports)) return 'the report has another shape';
  const measures: Record<string, number> = Object.fromEntries(memoryMeasures.map((name) => [name, 0]));
  const add = (name: string, amount: number) => (measures[name] = (measures[name] ?? 0) + amount);
  const explicit = { heap: 0, nonheap: 0 };
  let isFound = false;
  for (const entry of reports) {
    if (!isFields(entry)) return 'an entry has another shape';
    const { process, path, kind, units, amount } = entry;
    if (typeof process !== 'string' || !process.includes(`(pid ${pid})`)) continue;
    if (typeof path !== 'string' || typeof amount !== 'number') return 'an entry has another shape';
    isFound = true;
    if (path.startsWith('explicit/')) {
      if (units !== unitBytes) return 'an explicit entry is not in bytes';
      if (kind === kinds.heap) explicit.heap += amount;
      else if (kind === kinds.nonheap) explicit.nonheap += amount;
      else return 'an explicit entry is neither heap nor other memory';
    }
    if (Object.hasOwn(single, path)) add(single[path] ?? '', amount);
    for (const [prefix, name] of sums) if (path.startsWith(prefix)) add(name, amount);
  }
  if (!isFound) return 'no entry is of the crashed process';
  const allocated = measures['heap_allocated'] ?? 0;
  measures['heap_unclassified'] = allocated - explicit.heap;
  measures['explicit'] = allocated + explicit.nonheap;
  return measures;
}

function isFields(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
