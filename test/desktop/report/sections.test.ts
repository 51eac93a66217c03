import { describe, expect, it } from 'vitest';
import { previewOf } from '../../../desktop/renderer/src/report/sections/attachments.js';
import { memoryTrees } from '../../../desktop/renderer/src/report/sections/memory-report.js';
import { pathsWith } from '../../../desktop/renderer/src/report/sections/tree-search.js';

const bytes = (...values: number[]) => new Uint8Array(values);
const utf8 = (text: string) => new Uint8Array(new TextEncoder().encode(text));

describe('the preview of an attachment', () => {
  it('is a picture by its first bytes alone', () => {
    const png = bytes(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0);
    expect(previewOf(png, true)).toMatchObject({ kind: 'image', type: 'image/png' });
    expect(previewOf(png, false)).toEqual({ kind: 'none' });
    expect(previewOf(utf8('<svg onload="alert(1)">'), true)).toMatchObject({ kind: 'text' });
  });

  it('is text when it is UTF-8, also when the cut went through a character', () => {
    expect(previewOf(utf8('naïve').slice(0, 3), false)).toEqual({ kind: 'text', text: 'na', isCut: true });
    expect(previewOf(bytes(0xff, 0xfe, 0x00), true)).toEqual({ kind: 'none' });
    expect(previewOf(bytes(0x41, 0x00, 0x42), true)).toEqual({ kind: 'none' });
  });
});

describe('a memory report as trees', () => {
  it('sums paths by process, the largest first, and leaves out what has another shape', () => {
    const entry = (path: string, amount: unknown) => ({ process: 'main', path, units: 0, amount, description: '' });
    const found = memoryTrees({
      reports: [entry('explicit/js', 2), entry('explicit/dom/x', 5), entry('resident', 3), entry('bad', 'many'), 7],
    });
    expect(found).toHaveLength(1);
    expect(found[0]?.trees.map(({ name, amount }) => [name, amount])).toEqual([
      ['explicit', 7],
      ['resident', 3],
    ]);
    expect(found[0]?.trees[0]?.children.map(({ name }) => name)).toEqual(['dom', 'js']);
    expect(memoryTrees('nonsense')).toEqual([]);
  });
});

describe('a search through a tree', () => {
  it('finds names and values, and stops where a tree is too deep', () => {
    const deep: Record<string, unknown> = {};
    let at = deep;
    for (let depth = 0; depth < 100; depth += 1) at = at['in'] = {} as Record<string, unknown>;
    at['vendor'] = 'never';
    const hits = pathsWith({ gfx: { vendorID: '0x10de' }, deep }, 'vendor', 'Environment');
    expect(hits).toEqual([{ path: 'Environment › gfx › vendorID', value: '0x10de' }]);
  });
});
