import { FakeClock, MemoryStateStore } from '@faultline/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { SignInLimits } from '../../../server/src/auth/sign-in-limits.js';

let clock: FakeClock;
let state: MemoryStateStore;

beforeEach(() => {
  clock = new FakeClock();
  state = new MemoryStateStore(clock);
});

const newLimits = (): SignInLimits => new SignInLimits(state, clock);

async function tries(limits: SignInLimits, count: number, of: (n: number) => [string, string]): Promise<number> {
  let borne = 0;
  for (let n = 0; n < count; n++) {
    borne += await limits.attempt(...of(n)).then(
      () => 1,
      () => 0,
    );
  }
  return borne;
}

describe('limits on sign-in', () => {
  it('bear five failures of an address with a login, twenty of an address', async () => {
    const limits = newLimits();
    expect(await tries(limits, 10, () => ['10.0.0.1', 'ann'])).toBe(5);
    expect(await tries(limits, 100, (n) => ['10.0.0.1', `user${n}`])).toBe(15);
    expect(await tries(limits, 1, () => ['10.0.0.2', 'ann'])).toBe(1);
  });

  it('count a whole IPv6 network as one', async () => {
    const limits = newLimits();
    expect(await tries(limits, 50, (n) => [`2001:db8:1:2:${n}::1`, `user${n}`])).toBe(20);
  });

  it('bear thirty failures of a login from all addresses, and still let its owner in where they were before', async () => {
    const limits = newLimits();
    await limits.attempt('192.0.2.7', 'ann');
    await limits.succeeded('192.0.2.7', 'ann');
    expect(await tries(limits, 200, (n) => [`10.0.${n}.1`, 'ann'])).toBe(30);
    expect(await tries(limits, 1, () => ['192.0.2.7', 'ann'])).toBe(1);
    expect(await tries(limits, 1, () => ['192.0.2.8', 'bob'])).toBe(1);
  });

  it('bear a flood over all logins and addresses only so far', async () => {
    const limits = newLimits();
    const borne = await tries(limits, 2000, (n) => [`10.${n >> 8}.${n & 255}.1`, `user${n}`]);
    expect(borne).toBe(1500);
  });

  it('forget failures that were followed by a success', async () => {
    const limits = newLimits();
    for (let n = 0; n < 40; n++) {
      await limits.attempt('10.0.0.1', 'ann');
      await limits.succeeded('10.0.0.1', 'ann');
    }
    expect(await tries(limits, 1, () => ['10.0.0.1', 'ann'])).toBe(1);
  });

  it('count together in all processes that share the state, and over restarts', async () => {
    const [one, other] = [newLimits(), newLimits()];
    const guess = async (limits: SignInLimits) => tries(limits, 20, () => ['10.0.0.1', 'ann']);
    const [here, there] = await Promise.all([guess(one), guess(other)]);
    expect(here + there).toBe(5);
    expect(await guess(newLimits())).toBe(0);
    await clock.advance(15 * 60_000);
    expect(await guess(newLimits())).toBe(5);
  });

  it('know in every process who has signed in from where', async () => {
    const here = newLimits();
    await here.attempt('192.0.2.7', 'ann');
    await here.succeeded('192.0.2.7', 'ann');
    const there = newLimits();
    expect(await tries(there, 60, (n) => [`10.0.${n}.1`, 'ann'])).toBe(30);
    expect(await tries(there, 1, () => ['192.0.2.7', 'ann'])).toBe(1);
  });

  it('let no single address use up what all may fail together', async () => {
    const limits = newLimits();
    expect(await tries(limits, 1600, (n) => ['10.0.0.1', `user${n}`])).toBe(20);
    expect(await tries(limits, 1, () => ['10.0.0.2', 'bob'])).toBe(1);
  });

  it('keep no address and no login, and no count longer than it counts', async () => {
    const limits = newLimits();
    await tries(limits, 3, (n) => [`203.0.113.${n}`, 'ann']);
    const stored = async (): Promise<string[]> => {
      const rows: string[] = [];
      for await (const row of state.range({ prefix: ['sign-in'] })) rows.push(JSON.stringify(row));
      return rows;
    };
    expect(await stored()).toHaveLength(8);
    expect((await stored()).join()).not.toMatch(/203\.0|ann/);
    await clock.advance(20 * 60_000);
    await limits.attempt('10.0.0.1', '');
    expect(await stored()).toHaveLength(3);
  });

  it('say how long to wait', async () => {
    const limits = newLimits();
    await tries(limits, 5, () => ['10.0.0.1', 'ann']);
    await expect(limits.attempt('10.0.0.1', 'ann')).rejects.toMatchObject({
      kind: 'Busy',
      code: 'SIGN_IN_LIMITED',
      hint: 'Wait 15 minutes, or ask an admin for a one-time link.',
    });
  });
});
