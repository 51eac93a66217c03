import { lanes } from '@faultline/sdk';
import type { Lane } from '@faultline/sdk';

/**
 * Which lane is next: smooth weighted round robin. While all lanes are full each gets its share, evenly spread; a lane
 * that is found empty takes no part and saves nothing up.
 */
export class LaneSchedule {
  private readonly credit = new Map<Lane, number>(lanes.map((lane) => [lane, 0]));

  constructor(private readonly weights: Record<Lane, number>) {}

  /** Lanes in the order in which to look; the first with work is to be told to `taken`. */
  order(): Lane[] {
    const rank = (lane: Lane) => (this.credit.get(lane) ?? 0) + this.weights[lane];
    return [...lanes].sort((a, b) => rank(b) - rank(a));
  }

  /** @param empty lanes that were looked into before and had nothing */
  taken(lane: Lane, empty: readonly Lane[]): void {
    let total = 0;
    for (const other of lanes) {
      if (empty.includes(other)) {
        this.credit.set(other, 0);
        continue;
      }
      total += this.weights[other];
      this.credit.set(other, (this.credit.get(other) ?? 0) + this.weights[other]);
    }
    this.credit.set(lane, (this.credit.get(lane) ?? 0) - total);
  }
}
