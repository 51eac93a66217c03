import { FakeClock, FakeRandom, MemoryStateStore } from '@faultline/testing';
import { describe, expect, it } from 'vitest';
import { KeptKeys } from '../../../plugins/collector/src/admission/kept-keys.js';
import { SubmitKeys } from '../../../plugins/collector/src/admission/submit-keys.js';
import { collectorMetrics } from '../../../plugins/collector/src/collector-metrics.js';
import { readMetrics } from '@faultline/sdk';
import { annotations, dumpPart, form, intakeOf, post } from './submit-post.js';

const day = 86_400_000;

async function openKeys(configured: Record<string, string[]> = {}) {
  const clock = new FakeClock();
  const state = new MemoryStateStore(clock);
  const signal = new AbortController().signal;
  const kept = await KeptKeys.open({ state, clock, random: new FakeRandom(3), signal });
  const keys = new SubmitKeys(configured, clock);
  kept.onChange(() => keys.take(kept.all()));
  const takes = (product: string, key: string) => {
    try {
      keys.require(product, key);
      return true;
    } catch {
      return false;
    }
  };
  const other = () => KeptKeys.open({ state, clock, random: new FakeRandom(4), signal });
  return { clock, kept, takes, other };
}

describe('submit keys made on a running server', () => {
  it('are rotated: both are taken for the overlap, then only the new one', async () => {
    const { clock, kept, takes } = await openKeys();
    expect(takes('Paint', '')).toBe(true);
    const first = await kept.make('Paint', null);
    expect(first.key).toMatch(/^k[A-Za-z0-9_-]{24}$/);
    expect([takes('Paint', ''), takes('Paint', first.key), takes('Other', '')]).toEqual([false, true, true]);
    const second = await kept.make('Paint', 30 * day);
    expect([takes('Paint', first.key), takes('Paint', second.key)]).toEqual([true, true]);
    await clock.advance(30 * day + 1);
    expect([takes('Paint', first.key), takes('Paint', second.key)]).toEqual([false, true]);
    expect(kept.all()).toEqual([second]);
  });

  it('stand beside those of the configuration, and outlive the process', async () => {
    const { kept, takes, other } = await openKeys({ Paint: ['k-of-config'] });
    const made = await kept.make('Paint', 0);
    expect([takes('Paint', 'k-of-config'), takes('Paint', made.key)]).toEqual([true, true]);
    expect((await other()).all()).toEqual([made]);
  });

  it('end at once, and what is no key says so', async () => {
    const { kept, takes } = await openKeys();
    const made = await kept.make('*', null);
    await kept.end('*', made.key);
    expect(takes('Paint', '')).toBe(true);
    await expect(kept.end('*', made.key)).rejects.toMatchObject({ code: 'SUBMIT_KEY_UNKNOWN' });
  });
});

describe('metrics of the collector', () => {
  it('tell what became of posts, by reason, and how much came in', async () => {
    const { intake } = intakeOf({});
    const body = form(...annotations, dumpPart);
    await post(intake, body);
    await post(intake, body);
    await post(intake, Buffer.from('junk'));
    const readings = await readMetrics(collectorMetrics(intake));
    const posts = (outcome: string) =>
      readings.find(({ name, labels }) => name === 'faultline_posts_total' && labels?.['outcome'] === outcome)?.value;
    expect([posts('accepted'), posts('malformed')]).toEqual([2, 1]);
    expect(readings).toContainEqual({ name: 'faultline_posts_received_bytes_total', value: 2 * body.length });
    expect(readings).toContainEqual({ name: 'faultline_posts_in_flight', value: 0 });
    expect(readings).toContainEqual({ name: 'faultline_posts_held_bytes', value: 0 });
  });
});
