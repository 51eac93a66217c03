import { describe, expect, it } from 'vitest';
import { ColumnCache } from '../../../plugins/search-local/src/columns/column-cache.js';

describe('the cache of columns', () => {
  it('drops what was used longest ago, of all segments, when there is too much', () => {
    const cache = new ColumnCache<string>(100);
    const [monday, tuesday] = [cache.drawer(), cache.drawer()];
    monday.set('signature', 'a', 40);
    tuesday.set('signature', 'b', 40);
    expect(monday.get('signature')).toBe('a');
    tuesday.set('version', 'c', 40);
    expect(tuesday.get('signature')).toBeUndefined();
    expect(monday.get('signature')).toBe('a');
    expect(tuesday.get('version')).toBe('c');
    expect(cache.size).toBe(80);
  });

  it('counts a value that is replaced once, and nothing of a segment that is gone', () => {
    const cache = new ColumnCache<string>(100);
    const drawer = cache.drawer();
    drawer.set('signature', 'a', 40);
    drawer.set('signature', 'b', 50);
    expect(cache.size).toBe(50);
    drawer.close();
    expect(cache.size).toBe(0);
    expect(drawer.get('signature')).toBeUndefined();
  });

  it('keeps nothing that is larger than all its room', () => {
    const cache = new ColumnCache<string>(100);
    const drawer = cache.drawer();
    drawer.set('address', 'a', 101);
    expect(drawer.get('address')).toBeUndefined();
    expect(cache.size).toBe(0);
  });
});
