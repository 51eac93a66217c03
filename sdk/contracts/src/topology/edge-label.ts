import type { TopologyEdge } from './topology.js';

/** What an edge does, in few characters: "12/min · 100 · 3 waiting · DISK_FULL"; "" where nobody counts. */
export function edgeLabel({ perMinute, total, waiting, problem }: TopologyEdge): string {
  return [
    ...(perMinute === null ? [] : [`${perMinute}/min`]),
    ...(total === null ? [] : [String(total)]),
    ...(waiting === null || waiting === 0 ? [] : [`${waiting} waiting`]),
    ...(problem === '' ? [] : [problem]),
  ].join(' · ');
}
