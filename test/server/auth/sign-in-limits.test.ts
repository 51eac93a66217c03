import { describe, expect, it } from 'vitest';
import { SignInLimits } from '../../../server/src/auth/sign-in-limits.js';

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
    const limits = new SignInLimits();
    expect(await tries(limits, 10, () => ['10.0.0.1', 'ann'])).toBe(5);
    expect(await tries(limits, 100, (n) => ['10.0.0.1', `user${n}`])).toBe(15);
    expect(await tries(limits, 1, () => ['10.0.0.2', 'ann'])).toBe(1);
  });

  it('count a whole IPv6 network as one', async () => {
    const limits = new SignInLimits();
    expect(await tries(limits, 50, (n) => [`2001:db8:1:2:${n}::1`, `user${n}`])).toBe(20);
  });

  it('bear thirty failures of a login from all addresses, and still let its owner in where they were before', async () => {
    const limits = new SignInLimits();
    await limits.attempt('192.0.2.7', 'ann');
    await limits.succeeded('192.0.2.7', 'ann');
    expect(await tries(limits, 200, (n) => [`10.0.${n}.1`, 'ann'])).toBe(30);
    expect(await tries(limits, 1, () => ['192.0.2.7', 'ann'])).toBe(1);
    expect(await tries(limits, 1, () => ['192.0.2.8', 'bob'])).toBe(1);
  });

  it('bear a flood over all logins and addresses only so far', async () => {
    const limits = new SignInLimits();
    const borne = await tries(limits, 2000, (n) => [`10.${n >> 8}.${n & 255}.1`, `user${n}`]);
    expect(borne).toBe(1500);
  });

  it('forget failures that were followed by a success', async () => {
    const limits = new SignInLimits();
    for (let n = 0; n < 40; n++) {
      await limits.attempt('10.0.0.1', 'ann');
      await limits.succeeded('10.0.0.1', 'ann');
    }
    expect(await tries(limits, 1, () => ['10.0.0.1', 'ann'])).toBe(1);
  });

  it('say how long to wait', async () => {
    const limits = new SignInLimits();
    await tries(limits, 5, () => ['10.0.0.1', 'ann']);
    await expect(limits.attempt('10.0.0.1', 'ann')).rejects.toMatchObject({
      kind: 'Busy',
      code: 'SIGN_IN_LIMITED',
      hint: 'Wait 15 minutes, or ask an admin for a one-time link.',
    });
  });
});
