import { FakeClock, FakeRandom, MemoryLogger } from '@faultline/testing';
import { describe, expect, it } from 'vitest';

describe('FakeClock', () => {
  it('stands still until it is moved, and wakes sleepers in the order of their times', async () => {
    const clock = new FakeClock(1000);
    const woken: string[] = [];
    const nap = (name: string, delay: number) => clock.sleep(delay).then(() => woken.push(`${name}@${clock.now()}`));
    void nap('late', 300);
    void nap('early', 100).then(() => nap('again', 100));
    await clock.advance(250);
    expect(woken).toEqual(['early@1100', 'again@1200']);
    expect([clock.now(), clock.monotonic(), clock.sleeping]).toEqual([1250, 250, 1]);
  });

  it('rejects a sleep that is aborted, before or during', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const sleep = clock.sleep(1000, stop.signal);
    stop.abort(new Error('enough'));
    await expect(sleep).rejects.toThrow('enough');
    await expect(clock.sleep(1, stop.signal)).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });

  it('lets the date jump without the monotonic time', () => {
    const clock = new FakeClock(5000);
    clock.setDate(100);
    expect([clock.now(), clock.monotonic()]).toEqual([100, 0]);
  });
});

describe('FakeRandom', () => {
  it('repeats itself for a seed and differs for another', () => {
    expect(new FakeRandom(7).bytes(16)).toEqual(new FakeRandom(7).bytes(16));
    expect(new FakeRandom(7).bytes(16)).not.toEqual(new FakeRandom(8).bytes(16));
  });

  it('gives fractions below one that spread evenly', () => {
    const random = new FakeRandom(3);
    const fractions = Array.from({ length: 2000 }, () => random.fraction());
    expect(Math.max(...fractions)).toBeLessThan(1);
    expect(Math.abs(fractions.reduce((sum, value) => sum + value, 0) / 2000 - 0.5)).toBeLessThan(0.03);
  });
});

describe('MemoryLogger', () => {
  it('keeps facts of the line and of the child', () => {
    const logger = new MemoryLogger();
    logger.child({ plugin: 'x' }).warn({ n: 1 }, 'look');
    logger.info('plain');
    expect(logger.lines).toEqual([
      { level: 'warn', message: 'look', facts: { plugin: 'x', n: 1 } },
      { level: 'info', message: 'plain', facts: {} },
    ]);
    expect(logger.messages('warn')).toEqual(['look']);
  });
});
