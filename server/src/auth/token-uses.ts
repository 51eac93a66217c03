import { isFaultlineError, type Clock, type StateStore, type UnixMillis } from '@faultline/sdk';

const table = 'token-use';
const beginning = ['token-use-since'] as const;
const day = 86_400_000;

/** When each token was used last, to the day: one write a day for each. */
export class TokenUses {
  readonly #noted = new Map<string, number>();

  constructor(
    private readonly state: StateStore,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /** Is not waited for: a token is good whether or not its use can be written down. */
  async note(id: string): Promise<void> {
    const today = Math.floor(this.clock.now() / day);
    if (this.#noted.get(id) === today) return;
    this.#noted.set(id, today);
    try {
      await this.state.set([table, id], today * day);
    } catch (error) {
      this.#noted.delete(id);
      // A full disk, or a server that stops: the next use tries again.
      if (!isFaultlineError(error)) throw error;
    }
  }

  async forget(id: string): Promise<void> {
    this.#noted.delete(id);
    await this.state.delete([table, id]);
  }

  /** By the token's id. */
  async all(): Promise<Map<string, UnixMillis>> {
    const uses = new Map<string, UnixMillis>();
    for await (const { key, value } of this.state.range<UnixMillis>({ prefix: [table] })) {
      uses.set(String(key.at(-1)), value);
    }
    return uses;
  }

  /** Since when uses are noted: a token without one may have been used before. */
  async since(): Promise<UnixMillis> {
    const known = await this.state.get<UnixMillis>(beginning);
    if (known !== null) return known.value;
    await this.state.compareAndSet(beginning, 0, this.clock.now());
    return (await this.state.get<UnixMillis>(beginning))?.value ?? this.clock.now();
  }
}
