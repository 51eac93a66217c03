// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { CrashReport } from '@faultline/sdk/api';
import { ApiClient } from '../../../desktop/renderer/src/api/api-client.js';
import { setApi } from '../../../desktop/renderer/src/api/current-api.js';
import { useCrash } from '../../../desktop/renderer/src/stores/crash.js';
import { startStores } from '../../../desktop/renderer/src/stores/start-stores.js';
import { sampleCrashes } from '../fixture/sample-crashes.js';
import { pendingReport, sampleReport } from '../fixture/sample-report.js';

const [crash] = sampleCrashes(Date.parse('2026-11-23T12:00:00Z'), 1);
if (crash === undefined) throw new Error('no sample');
const id = crash.crash_id;
let answer: CrashReport;
let asked = 0;

beforeEach(() => {
  vi.useFakeTimers();
  asked = 0;
  startStores();
  setApi(
    new ApiClient('/', (input) => {
      if (String(input).endsWith('/reprocess')) return Promise.resolve(Response.json({ crashId: id, run: 3 }));
      asked += 1;
      return Promise.resolve(Response.json(answer));
    }),
  );
});
afterEach(() => {
  useCrash().close();
  setApi(null);
  vi.useRealTimers();
});

describe('the crash store', () => {
  it('looks again by itself while the report is being processed, and then rests', async () => {
    answer = pendingReport(crash, 'waiting in the queue');
    const store = useCrash();
    store.open(id);
    await vi.advanceTimersByTimeAsync(1);
    expect(store.isWaiting).toBe(true);
    expect(store.shownStep).toBe('waiting in the queue');
    answer = pendingReport(crash, 'walking the minidump');
    await vi.advanceTimersByTimeAsync(1500);
    expect(store.shownStep).toBe('walking the minidump');
    answer = sampleReport(crash);
    await vi.advanceTimersByTimeAsync(1500);
    expect(store.isWaiting).toBe(false);
    expect(store.stack?.threads.length).toBeGreaterThan(10);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked).toBe(3);
  });

  it('keeps the run before on the screen while a new one is awaited', async () => {
    answer = sampleReport(crash, { runs: 2 });
    const store = useCrash();
    store.open(id);
    await vi.advanceTimersByTimeAsync(1);
    await store.reprocess();
    expect(store.awaitedRun).toBe(3);
    expect(store.report?.runs[0]?.run).toBe(2);
    answer = sampleReport(crash, { runs: 3 });
    await vi.advanceTimersByTimeAsync(1500);
    expect(store.awaitedRun).toBe(0);
    expect(store.report?.runs[0]?.run).toBe(3);
  });

  it('forgets the report before when another is opened', async () => {
    answer = sampleReport(crash);
    const store = useCrash();
    store.open(id);
    await vi.advanceTimersByTimeAsync(1);
    store.open('00000000-0000-4000-8000-000000261122');
    expect(store.report).toBeNull();
  });
});
