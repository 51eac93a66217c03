/** Runs tasks one after another, in the order they were asked for. */
export class OneAtATime {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(task: () => Promise<T>): Promise<T> {
    const result = this.last.then(task);
    // The next task starts whether this one failed or not; its asker hears of the failure through `result`.
    this.last = result.catch(() => undefined);
    return result;
  }
}
