import { lanes, subjects, type Bus, type Lane } from '@faultline/sdk';
import { LaneReader } from '../../../plugins/processor/src/lanes/lane-reader.ts';

/** Messages that wait in each lane at any time. */
const full = 60;
const hands = 4;

/** How many messages of each lane are taken in a time in which none of them is ever empty. */
export async function laneShares(bus: Bus, milliseconds: number): Promise<Record<Lane, number>> {
  const taken: Record<Lane, number> = { priority: 0, normal: 0, reprocessing: 0 };
  const reader = new LaneReader({ priority: 8, normal: 4, reprocessing: 1 });
  await reader.open(bus, 30_000);
  let published = 0;
  const fill = async (lane: Lane): Promise<void> => {
    const id = `m${published++}`;
    await bus.publish(subjects.process(lane), id, { crashId: id, run: 1, ruleset: 'default', reason: 'received' });
  };
  for (const lane of lanes) await Promise.all(Array.from({ length: full }, () => fill(lane)));
  const stop = new AbortController();
  const until = performance.now() + milliseconds;
  const hand = async (): Promise<void> => {
    while (performance.now() < until) {
      const next = await reader.next(stop.signal);
      if (next === null) continue;
      taken[next.lane] += 1;
      await Promise.all([next.message.ack(), fill(next.lane)]);
    }
  };
  await Promise.all(Array.from({ length: hands }, hand));
  stop.abort();
  await reader.close();
  return taken;
}

/** Each lane's part of all, divided by the part that 8:4:1 gives it. */
export function comparedWithWeights(taken: Record<Lane, number>): number[] {
  const all = lanes.reduce((sum, lane) => sum + taken[lane], 0);
  return lanes.map((lane, at) => taken[lane] / all / ((([8, 4, 1] as const)[at] ?? 0) / 13));
}
