/** Keeps the first `limit` of what it is offered, by an order; a heap with the last of them on top. */
export class BestOf<T> {
  private readonly heap: T[] = [];

  constructor(
    private readonly limit: number,
    private readonly compare: (a: T, b: T) => number,
  ) {}

  /** The last of what is kept, once `limit` are; a newcomer must come before it. */
  get last(): T | undefined {
    return this.heap.length < this.limit ? undefined : this.heap[0];
  }

  offer(value: T): void {
    const { heap, limit } = this;
    if (heap.length < limit) {
      heap.push(value);
      this.rise(heap.length - 1);
      return;
    }
    const [last] = heap;
    if (last === undefined || this.compare(value, last) >= 0) return;
    heap[0] = value;
    this.sink();
  }

  inOrder(): T[] {
    return [...this.heap].sort(this.compare);
  }

  private rise(start: number): void {
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.isAfter(at, parent)) return;
      this.swap(at, parent);
      at = parent;
    }
  }

  private sink(): void {
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let latest = at;
      if (left < this.heap.length && this.isAfter(left, latest)) latest = left;
      if (right < this.heap.length && this.isAfter(right, latest)) latest = right;
      if (latest === at) return;
      this.swap(at, latest);
      at = latest;
    }
  }

  private isAfter(a: number, b: number): boolean {
    return this.compare(this.heap[a] as T, this.heap[b] as T) > 0;
  }

  private swap(a: number, b: number): void {
    const kept = this.heap[a] as T;
    this.heap[a] = this.heap[b] as T;
    this.heap[b] = kept;
  }
}
