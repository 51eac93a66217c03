import { underSignals } from '@faultline/sdk';
import type { Clock, Milliseconds } from '@faultline/sdk';

/** Sleep that can be cut short. A ring between two sleeps ends the next one at once: nothing that happened is missed. */
export class Alarm {
  private hasRung = false;
  private wake: () => void = () => undefined;

  constructor(private readonly clock: Clock) {}

  ring(): void {
    this.hasRung = true;
    this.wake();
  }

  /** Forgets earlier rings: what is looked at from now on includes what they told of. */
  set(): void {
    this.hasRung = false;
  }

  /** Until it rings, the time is over, or the signal is aborted. Never rejects. */
  async sleep(time: Milliseconds, signal: AbortSignal): Promise<void> {
    if (this.hasRung) return;
    const rung = new AbortController();
    this.wake = () => rung.abort();
    try {
      await underSignals([signal, rung.signal], (either) => this.clock.sleep(time, either));
    } catch {
      // Woken, or told to stop: the caller looks which.
    }
  }
}
