import type { Clock } from '@faultline/sdk';

const backlogAge = 1_000;
const dayLength = 86_400_000;

/** Crashes that are processed and not in the index, as far as that is known. */
export class Gaps {
  private readonly byDay = new Map<string, number>();
  private backlogSeen = { count: 0, at: -Infinity };

  constructor(
    private readonly backlog: () => Promise<number>,
    private readonly clock: Clock,
  ) {}

  set(day: string, crashes: number): void {
    if (crashes <= 0) this.byDay.delete(day);
    else this.byDay.set(day, crashes);
  }

  /**
   * Part of the crashes of these dates that is in the index, 0 to 1.
   * @param indexed crashes of the days that the dates touch
   */
  async completeness(range: { from: number; to: number }, indexed: number): Promise<number> {
    let missing = await this.onTheirWay();
    for (const [day, crashes] of this.byDay) {
      const start = Date.parse(`${day}T00:00:00Z`);
      if (start < range.to && start + dayLength > range.from) missing += crashes;
    }
    return missing === 0 ? 1 : indexed / (indexed + missing);
  }

  private async onTheirWay(): Promise<number> {
    const now = this.clock.monotonic();
    if (now - this.backlogSeen.at > backlogAge) this.backlogSeen = { count: await this.backlog(), at: now };
    return this.backlogSeen.count;
  }
}
