/** Lets many through together, or one alone. Who wants to be alone waits for the others and holds newcomers back. */
export class ExclusiveGate {
  private inside = 0;
  private alone: Promise<void> | null = null;
  private onEmpty: () => void = () => {};

  async together<T>(action: () => Promise<T>): Promise<T> {
    while (this.alone !== null) await this.alone;
    return await this.enter(action);
  }

  async byOneself<T>(action: () => Promise<T>): Promise<T> {
    while (this.alone !== null) await this.alone;
    let leave: () => void = () => {};
    this.alone = new Promise((resolve) => (leave = resolve));
    try {
      if (this.inside > 0) await new Promise<void>((resolve) => (this.onEmpty = resolve));
      return await action();
    } finally {
      this.alone = null;
      leave();
    }
  }

  private async enter<T>(action: () => Promise<T>): Promise<T> {
    this.inside += 1;
    try {
      return await action();
    } finally {
      this.inside -= 1;
      if (this.inside === 0) this.onEmpty();
    }
  }
}
