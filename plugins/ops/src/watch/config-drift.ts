import type { NodeHeartbeat } from '@faultline/sdk';

type Beating = Pick<NodeHeartbeat, 'node' | 'uptime' | 'settings'>;

/**
 * Sections in which a process runs with other settings than the rest, by process; those with none are left out. What
 * most processes say is right; of as many, what the youngest says, for it has read the file last.
 */
export function driftOf(processes: readonly Beating[]): Map<string, string[]> {
  const drift = new Map<string, string[]>();
  const sections = new Set(processes.flatMap(({ settings }) => Object.keys(settings ?? {})));
  for (const section of [...sections].sort()) {
    const right = usualOf(processes, section);
    for (const { node, settings } of processes) {
      const own = settings?.[section];
      if (own !== undefined && own !== right) drift.set(node, [...(drift.get(node) ?? []), section]);
    }
  }
  return drift;
}

function usualOf(processes: readonly Beating[], section: string): string | undefined {
  const groups = new Map<string, { count: number; youngest: number }>();
  for (const { settings, uptime } of processes) {
    const own = settings?.[section];
    if (own === undefined) continue;
    const group = groups.get(own) ?? { count: 0, youngest: Infinity };
    groups.set(own, { count: group.count + 1, youngest: Math.min(group.youngest, uptime) });
  }
  const [first] = [...groups].sort(([, a], [, b]) => b.count - a.count || a.youngest - b.youngest);
  return first?.[0];
}
