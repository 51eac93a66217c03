import type { Lane } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { LaneSchedule } from '../../../plugins/processor/src/lanes/lane-schedule.ts';

/** Picks from lanes that hold so much; Infinity for full ones. */
function serve(picks: number, work: Record<Lane, number>): Lane[] {
  const schedule = new LaneSchedule({ priority: 8, normal: 4, reprocessing: 1 });
  const served: Lane[] = [];
  for (let pick = 0; pick < picks; pick++) {
    const empty: Lane[] = [];
    for (const lane of schedule.order()) {
      if (work[lane] > 0) {
        work[lane] -= 1;
        schedule.taken(lane, empty);
        served.push(lane);
        break;
      }
      empty.push(lane);
    }
  }
  return served;
}

const count = (served: Lane[]) =>
  Object.fromEntries(
    ['priority', 'normal', 'reprocessing'].map((lane) => [lane, served.filter((one) => one === lane).length]),
  );

describe('The schedule of lanes', () => {
  it('serves full lanes 8:4:1, evenly spread', () => {
    const served = serve(1300, { priority: Infinity, normal: Infinity, reprocessing: Infinity });
    expect(count(served)).toEqual({ priority: 800, normal: 400, reprocessing: 100 });
    for (let from = 0; from + 13 <= served.length; from += 13) {
      expect(count(served.slice(from, from + 13))).toEqual({ priority: 8, normal: 4, reprocessing: 1 });
    }
    expect(served.slice(0, 3)).toEqual(['priority', 'normal', 'priority']);
  });

  it('gives the share of an empty lane to the others', () => {
    expect(count(serve(120, { priority: 0, normal: Infinity, reprocessing: Infinity }))).toEqual({
      priority: 0,
      normal: 96,
      reprocessing: 24,
    });
    expect(count(serve(50, { priority: 0, normal: 0, reprocessing: Infinity }))['reprocessing']).toBe(50);
  });

  it('lets a lane that was empty for long save nothing up', () => {
    const schedule = new LaneSchedule({ priority: 8, normal: 4, reprocessing: 1 });
    for (let pick = 0; pick < 1000; pick++) {
      const empty = schedule.order().filter((lane) => lane !== 'normal');
      schedule.taken('normal', empty);
    }
    const served: Lane[] = [];
    for (let pick = 0; pick < 13; pick++) {
      const [lane = 'normal'] = schedule.order();
      schedule.taken(lane, []);
      served.push(lane);
    }
    expect(count(served)).toEqual({ priority: 8, normal: 4, reprocessing: 1 });
  });

  it('serves what there is, to the last', () => {
    expect(count(serve(100, { priority: 3, normal: 5, reprocessing: 2 }))).toEqual({
      priority: 3,
      normal: 5,
      reprocessing: 2,
    });
  });
});
