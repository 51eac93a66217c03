import {
  Bus,
  CrashStorage,
  SearchEngine,
  StateStore,
  Stackwalker,
  type Milliseconds,
  type Token,
} from '@faultline/sdk';
import { withinTime } from '../boot/time-limit.js';
import type { Host } from '../host.js';

export interface HealthCheck {
  name: string;
  isHealthy: boolean;
  milliseconds: Milliseconds;
  /** Why not; "" when healthy. */
  message: string;
}

const checkLimit: Milliseconds = 5000;

/** An answer holds so long, so that asking often costs little. */
const freshness: Milliseconds = 1000;

/** Asks the store, the bus, the index and the walker of this process whether they can do their work now. */
export class Health {
  #asked: { at: Milliseconds; answer: Promise<HealthCheck[]> } | null = null;

  constructor(private readonly host: Pick<Host, 'resolve' | 'contributions' | 'has'>) {}

  check(): Promise<HealthCheck[]> {
    const now = performance.now();
    if (this.#asked === null || now - this.#asked.at > freshness) {
      this.#asked = { at: now, answer: Promise.all(this.#checks().map(run)) };
    }
    return this.#asked.answer;
  }

  #checks(): { name: string; ask: () => Promise<void> }[] {
    const services: [string, Token<{ checkHealth(): Promise<void> }>][] = [
      ['store', CrashStorage],
      ['state', StateStore],
      ['bus', Bus],
      ['index', SearchEngine],
    ];
    const walkers = this.host.contributions(Stackwalker).all();
    return [
      ...services
        .filter(([, service]) => this.host.has(service))
        .map(([name, service]) => ({ name, ask: () => this.host.resolve(service).checkHealth() })),
      ...walkers.map(({ value }) => ({ name: `walker ${value.id}`, ask: () => value.checkHealth() })),
    ];
  }
}

async function run({ name, ask }: { name: string; ask: () => Promise<void> }): Promise<HealthCheck> {
  const started = performance.now();
  const outcome = (message: string): HealthCheck => {
    const milliseconds = Math.round(performance.now() - started);
    return { name, isHealthy: message === '', milliseconds, message };
  };
  try {
    const result = await withinTime(checkLimit, ask);
    return outcome(result.expired ? `no answer within ${checkLimit} ms` : '');
  } catch (error) {
    return outcome(error instanceof Error ? error.message : String(error));
  }
}
