import { describe, expect, it } from 'vitest';
import { groupAnnotations } from '../../../desktop/renderer/src/reading/annotation-groups.js';
import { findCrashId } from '../../../desktop/renderer/src/reading/crash-id-text.js';
import { byteSize, change, percent } from '../../../desktop/renderer/src/reading/number-words.js';
import { duration, relativeTime, span } from '../../../desktop/renderer/src/reading/time-words.js';

describe('numbers in words', () => {
  it('gives small shares a digit more, and never 0 % for something', () => {
    expect([0, 0.0004, 0.004, 0.05, 0.374, 1].map(percent)).toEqual(['0 %', '<0.1 %', '0.4 %', '5 %', '37 %', '100 %']);
  });

  it('says how much more or less than before', () => {
    expect(change(5, null)).toBeNull();
    expect(change(0, 0)).toBeNull();
    expect(change(7, 0)).toEqual({ direction: 'up', text: '+7' });
    expect(change(10, 10)).toEqual({ direction: 'same', text: '0 %' });
    expect(change(629, 628)).toEqual({ direction: 'same', text: '0 %' });
    expect(change(14, 10)).toEqual({ direction: 'up', text: '+40 %' });
    expect(change(31, 10)).toEqual({ direction: 'up', text: '3.1×' });
    expect(change(0, 10)).toEqual({ direction: 'down', text: '−100 %' });
  });

  it('writes sizes', () => {
    expect([0, 1023, 47_229, 2 ** 31].map(byteSize)).toEqual(['0 B', '1023 B', '46.1 KB', '2.0 GB']);
  });
});

describe('times in words', () => {
  it('counts back in one unit', () => {
    const now = Date.parse('2026-11-23T12:00:00Z');
    const ago = (seconds: number) => relativeTime(new Date(now - seconds * 1000).toISOString(), now);
    expect([3, 50, 300, 7200, 86_400 * 3].map(ago)).toEqual([
      'just now',
      '1 min ago',
      '5 min ago',
      '2 h ago',
      '3 d ago',
    ]);
    expect(relativeTime('nonsense', now)).toBe('');
  });

  it('writes durations and uptimes', () => {
    expect([0.2, 412, 5003, 125_000].map(duration)).toEqual(['<1 ms', '412 ms', '5.0 s', '2 min 5 s']);
    expect([8, 720, 12_000, 187_200].map(span)).toEqual(['8 s', '12 min', '3 h 20 min', '2 d 4 h']);
  });
});

describe('findCrashId', () => {
  const id = '3f2a9c10-5b6d-4e7f-8a9b-0c1d2e261122';

  it('finds an id in whatever was pasted', () => {
    for (const text of [id, `bp-${id}`, ` CrashID=bp-${id}\n`, `https://x/report/${id}?tab=raw`, id.toUpperCase()]) {
      expect(findCrashId(text), text).toBe(id);
    }
  });

  it('does not take words or another uuid for one', () => {
    expect(findCrashId('OnMessage')).toBeNull();
    expect(findCrashId('3f2a9c10-5b6d-4e7f-8a9b-0c1d2e999999')).toBeNull();
  });
});

describe('groupAnnotations', () => {
  const annotations = ['Version', 'ProductName', 'gpu-driver', 'zebra', 'URL'].map((name) => ({
    name,
    value: `value of ${name}`,
    description: name === 'URL' ? 'what was shown' : '',
    permission: 'public' as const,
  }));

  it('sorts them into subjects, unknown ones last', () => {
    const groups = groupAnnotations(annotations, '').map((group) => [
      group.title,
      group.annotations.map((one) => one.name),
    ]);
    expect(groups).toEqual([
      ['Product', ['ProductName', 'Version']],
      ['Graphics', ['gpu-driver']],
      ['Other', ['URL', 'zebra']],
    ]);
  });

  it('filters by name, value and meaning', () => {
    const names = (filter: string) =>
      groupAnnotations(annotations, filter).flatMap((group) => group.annotations.map((one) => one.name));
    expect(names('ZEB')).toEqual(['zebra']);
    expect(names('was shown')).toEqual(['URL']);
    expect(names('nothing')).toEqual([]);
  });
});
