import type { ServerInfo } from '@faultline/sdk';
import type { OperationsSnapshot, PublicStatus } from '@faultline/sdk/api';
import type { ProblemKind } from '@faultline/sdk/operations';

/** Which part of the service a problem is about; the others are nothing for the public. */
const partOf: Partial<Record<ProblemKind, PublicStatus['parts'][number]['part'][]>> = {
  'no-processor': ['processing'],
  'queue-behind': ['processing'],
  'sink-behind': ['search'],
  'rule-failing': ['processing'],
  'walk-failing': ['processing'],
  'disk-low': ['storage'],
};

/** What everybody may know who may see the status page: numbers, no names, no errors. */
export function publicStatus(
  snapshot: OperationsSnapshot,
  server: Pick<ServerInfo, 'version' | 'publicUrl'>,
): PublicStatus {
  const unwell = new Set(
    snapshot.problems.flatMap(({ kind, facts }) => {
      if (kind === 'sink-behind' && facts['sink'] !== 'search-local') return [];
      if (kind !== 'part-unwell') return partOf[kind as ProblemKind] ?? [];
      return facts['part'] === 'search' ? (['search'] as const) : (['collecting', 'storage'] as const);
    }),
  );
  const parts = (['collecting', 'processing', 'search', 'storage'] as const).map((part) => ({
    part,
    isWell: !unwell.has(part),
  }));
  const oldest = snapshot.queues.flatMap((queue) => (queue.oldest === null ? [] : [queue.oldest]));
  return {
    at: snapshot.at,
    level: parts.every(({ isWell }) => isWell) ? 'well' : unwell.has('collecting') ? 'critical' : 'warning',
    installation: new URL(server.publicUrl()).hostname,
    version: server.version,
    perMinute: snapshot.perMinute,
    lastHour: snapshot.lastHour,
    waiting: snapshot.waiting,
    oldest: oldest.length === 0 ? null : Math.max(...oldest),
    parts,
  };
}
