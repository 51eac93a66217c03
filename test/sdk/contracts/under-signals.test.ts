import { underSignals } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail);
  });

describe('Work under several signals', () => {
  it('is told by whichever is aborted first, with its reason', async () => {
    const [one, two] = [new AbortController(), new AbortController()];
    const work = underSignals([one.signal, undefined, two.signal], untilAborted);
    two.abort(new Error('two'));
    one.abort(new Error('one'));
    await expect(work).rejects.toThrow('two');
    await expect(underSignals([one.signal, two.signal], untilAborted)).rejects.toThrow('one');
    await expect(underSignals([two.signal], untilAborted)).rejects.toThrow('two');
  });

  it('gives the result, and leaves nothing behind in signals that live on', async () => {
    const lasting = new AbortController();
    let listeners = 0;
    const { addEventListener, removeEventListener } = lasting.signal;
    lasting.signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
      listeners += 1;
      addEventListener.apply(lasting.signal, args);
    };
    lasting.signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
      listeners -= 1;
      removeEventListener.apply(lasting.signal, args);
    };
    const given: AbortSignal[] = [];
    for (let n = 0; n < 1000; n++) {
      const work = (signal: AbortSignal) => Promise.resolve(given.push(signal));
      expect(await underSignals([lasting.signal, new AbortController().signal], work)).toBe(n + 1);
    }
    expect(listeners).toBe(0);
    lasting.abort();
    expect(given.some(({ aborted }) => aborted)).toBe(false);
  });
});
