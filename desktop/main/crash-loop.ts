const most = 3;
const within = 60_000;

/** A page that crashes is loaded again; one that crashes each time it is loaded would do so for ever. */
export class CrashLoop {
  private crashes: number[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** Notes a crash; false when it is one too many, and a person should be asked. */
  mayReload(): boolean {
    const now = this.now();
    this.crashes = [...this.crashes.filter((at) => now - at < within), now];
    return this.crashes.length <= most;
  }
}
