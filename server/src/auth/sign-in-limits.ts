import { FaultlineError, type Clock, type Milliseconds, type StateStore, type UnixMillis } from '@faultline/sdk';
import { AttemptCounts, countedFor, type CountedBy } from './attempt-counts.js';
import { secretHash } from './secret.js';

/** Failed sign-ins that are borne within a quarter of an hour, by what they have in common. */
const bounds = { pair: 5, address: 20, account: 30, all: 1500 };

/** So long an address stays one that its account has signed in from. */
const knownFor: Milliseconds = 30 * 24 * 60 * 60_000;
/** That it was used is written down this often at most. */
const knownStep: Milliseconds = 24 * 60 * 60_000;

const known = ['sign-in', 'known'] as const;

/**
 * Bounds guessing, over all processes of a data folder and over restarts. A flood from many addresses at one account,
 * or at all, does not lock people out who have signed in from their address before, since only their own failures
 * count for them. Addresses are kept as hashes, with the login in them where that serves.
 */
export class SignInLimits {
  readonly #counts: AttemptCounts;
  #sweptAt = -Infinity;
  /** Tries of this process count one after another, so that only other processes can come between. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {
    this.#counts = new AttemptCounts(state, clock);
  }

  /**
   * Before a try. Every try counts as failed until `succeeded` says otherwise, so that many at once gain nothing.
   * Throws `Busy SIGN_IN_LIMITED`.
   *
   * @param login "" for a sign-in that names nobody: a link or a token
   */
  attempt(address: string, login: string): Promise<void> {
    const work = this.#last.then(() => this.#attempt(address, login));
    this.#last = work.catch(() => undefined);
    return work;
  }

  async succeeded(address: string, login: string): Promise<void> {
    const pair = pairOf(address, login);
    await this.#counts.forget(pair);
    const since = await this.#knownSince(pair);
    if (since === null) for (const one of strangersBounds(address, login)) await this.#counts.giveBack(one);
    const now = this.clock.now();
    if (since === null || now - since >= knownStep) await this.state.set([...known, pair.key], { at: now });
  }

  async #attempt(address: string, login: string): Promise<void> {
    await this.#sweep();
    const pair = pairOf(address, login);
    const isKnown = (await this.#knownSince(pair)) !== null;
    const bound = isKnown ? [pair] : [pair, ...strangersBounds(address, login)];
    // Looked at before any is counted: who is refused by one bound must not use up those of everybody.
    for (const one of bound) refuse(await this.#counts.wait(one));
    const waits = await Promise.all(bound.map((one) => this.#counts.take(one)));
    refuse(Math.max(...waits));
  }

  async #knownSince({ key }: CountedBy): Promise<UnixMillis | null> {
    const entry = await this.state.get<{ at: UnixMillis }>([...known, key]);
    return entry === null || entry.value.at + knownFor <= this.clock.now() ? null : entry.value.at;
  }

  async #sweep(): Promise<void> {
    const now = this.clock.now();
    if (now - this.#sweptAt < countedFor) return;
    this.#sweptAt = now;
    await this.#counts.sweep();
    for await (const { key, value, version } of this.state.range<{ at: UnixMillis }>({ prefix: known })) {
      if (value.at + knownFor <= now) await this.state.delete(key, version);
    }
  }
}

/** Throws `Busy SIGN_IN_LIMITED`, where there is something to wait for. */
function refuse(wait: Milliseconds): void {
  if (wait === 0) return;
  const minutes = Math.max(1, Math.ceil(wait / 60_000));
  throw new FaultlineError('Busy', 'SIGN_IN_LIMITED', 'Too many sign-ins have failed.', {
    hint: `Wait ${minutes} minute${minutes === 1 ? '' : 's'}, or ask an admin for a one-time link.`,
    details: { minutes },
  });
}

function pairOf(address: string, login: string): CountedBy {
  return { scope: 'pair', key: secretHash(`${networkOf(address)} ${login}`), points: bounds.pair };
}

/** What counts for who has not signed in from there before. */
function strangersBounds(address: string, login: string): CountedBy[] {
  return [
    { scope: 'address', key: secretHash(networkOf(address)), points: bounds.address },
    ...(login === '' ? [] : [{ scope: 'account', key: secretHash(login), points: bounds.account }]),
    { scope: 'all', key: 'all', points: bounds.all },
  ];
}

/** One customer has a whole /64 of IPv6 to change addresses in. */
function networkOf(address: string): string {
  return address.includes(':') ? address.split(':').slice(0, 4).join(':') : address;
}
