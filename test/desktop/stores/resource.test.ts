import { effectScope } from 'vue';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { useResource } from '../../../desktop/renderer/src/common/use-resource.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function after<T>(milliseconds: number, value: T) {
  return (signal: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      setTimeout(() => resolve(value), milliseconds);
      signal.addEventListener('abort', () => reject(new DOMException('gone', 'AbortError')));
    });
}

function resource<T>() {
  const made = effectScope().run(() => useResource<T>());
  if (made === undefined) throw new Error('no scope');
  return made;
}

describe('useResource', () => {
  it('shows a skeleton only for what takes longer than a moment', async () => {
    const one = resource<string>();
    void one.load('a', after(400, 'A'));
    await vi.advanceTimersByTimeAsync(100);
    expect(one.isSlow.value).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    expect(one.isSlow.value).toBe(true);
    await vi.advanceTimersByTimeAsync(300);
    expect([one.isSlow.value, one.value.value]).toEqual([false, 'A']);
  });

  it('cancels the request on its way when the next one comes', async () => {
    const one = resource<string>();
    void one.load('a', after(300, 'A'));
    await vi.advanceTimersByTimeAsync(100);
    void one.load('b', after(50, 'B'));
    await vi.advanceTimersByTimeAsync(400);
    expect(one.value.value).toBe('B');
    expect(one.error.value).toBeNull();
  });

  it('shows at once what it saw before, and refreshes it in place', async () => {
    const one = resource<string>();
    void one.load('a', after(1, 'A'));
    await vi.advanceTimersByTimeAsync(10);
    void one.load('b', after(1, 'B'));
    await vi.advanceTimersByTimeAsync(10);
    void one.load('a', after(100, 'A2'));
    expect(one.value.value).toBe('A');
    await vi.advanceTimersByTimeAsync(200);
    expect(one.value.value).toBe('A2');
  });

  it('keeps the old answer beside an error', async () => {
    const one = resource<string>();
    void one.load('a', after(1, 'A'));
    await vi.advanceTimersByTimeAsync(10);
    await one.load('a', () => Promise.reject(new Error('no')));
    expect([one.value.value, one.error.value?.message]).toEqual(['A', 'no']);
  });
});
