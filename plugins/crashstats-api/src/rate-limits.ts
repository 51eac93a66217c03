import { FaultlineError, type HttpRequest } from '@faultline/sdk';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { CrashStatsConfig } from './config.js';

/** Requests a minute by token, user or address. Counted by process, in memory. */
export class RateLimits {
  readonly #anonymous: RateLimiterMemory | null;
  readonly #known: RateLimiterMemory | null;

  constructor({ anonymousPerMinute, knownPerMinute }: CrashStatsConfig) {
    this.#anonymous = limiter(anonymousPerMinute);
    this.#known = limiter(knownPerMinute);
  }

  /** Throws `Busy RATE_LIMITED`. */
  async take({ principal, remoteAddress }: HttpRequest): Promise<void> {
    const isAnonymous = principal.kind === 'anonymous';
    try {
      await (isAnonymous ? this.#anonymous : this.#known)?.consume(isAnonymous ? remoteAddress : principal.id);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const seconds = Math.ceil(refusal.msBeforeNext / 1000);
      throw new FaultlineError('Busy', 'RATE_LIMITED', 'Too Many Requests', { details: { seconds } });
    }
  }
}

function limiter(points: number): RateLimiterMemory | null {
  return points === 0 ? null : new RateLimiterMemory({ points, duration: 60 });
}
