/** At most so many requests of this process to one host at once; the others wait in line. */
export class HostSlots {
  private readonly free = new Map<string, number>();
  private readonly waiting = new Map<string, (() => void)[]>();

  async use<T>(host: string, most: number, work: () => Promise<T>): Promise<T> {
    await this.take(host, most);
    try {
      return await work();
    } finally {
      this.give(host);
    }
  }

  private take(host: string, most: number): Promise<void> | undefined {
    const free = this.free.get(host) ?? most;
    if (free > 0) {
      this.free.set(host, free - 1);
      return undefined;
    }
    return new Promise((resolve) => this.waiting.set(host, [...(this.waiting.get(host) ?? []), resolve]));
  }

  private give(host: string): void {
    const [next, ...rest] = this.waiting.get(host) ?? [];
    if (next === undefined) {
      this.free.set(host, (this.free.get(host) ?? 0) + 1);
      return;
    }
    this.waiting.set(host, rest);
    next();
  }
}
