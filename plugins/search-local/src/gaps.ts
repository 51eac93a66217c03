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

  /** Part of the crashes of these dates that is in the index, 0 to 1. */
  async completeness(
    range: { from: number; to: number },
    rowsOfDay: (day: string) => number,
    days: readonly string[],
  ): Promise<number> {
    const isInside = (day: string): boolean => {
      const start = Date.parse(`${day}T00:00:00Z`);
      return start < range.to && start + dayLength > range.from;
    };
    let missing = await this.onTheirWay();
    for (const [day, crashes] of this.byDay) if (isInside(day)) missing += crashes;
    if (missing === 0) return 1;
    const indexed = days.filter(isInside).reduce((sum, day) => sum + rowsOfDay(day), 0);
    return indexed / (indexed + missing);
  }

  private async onTheirWay(): Promise<number> {
    const now = this.clock.monotonic();
    if (now - this.backlogSeen.at > backlogAge) this.backlogSeen = { count: await this.backlog(), at: now };
    return this.backlogSeen.count;
  }
}
