/**
 * Answers of a pure function, kept for texts seen lately. Two generations: when the young one is full it becomes the
 * old one, so that nothing is counted or sorted on a hit. Long texts aren't kept: memory is bounded by
 * 2 x `capacity` x `maxKeyLength` characters of keys.
 */
export class RecentMemo<Value> {
  private young = new Map<string, Value>();
  private old = new Map<string, Value>();

  constructor(
    private readonly capacity = 32_768,
    private readonly maxKeyLength = 256,
  ) {}

  get(key: string): Value | undefined {
    const recent = this.young.get(key);
    if (recent !== undefined || this.old.size === 0) return recent;
    const older = this.old.get(key);
    if (older !== undefined) this.set(key, older);
    return older;
  }

  set(key: string, value: Value): void {
    if (key.length > this.maxKeyLength) return;
    if (this.young.size >= this.capacity) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(key, value);
  }
}
