import { describe, expect, it } from 'vitest';
import { readFromFrame } from '../../../desktop/renderer/src/panels/frame/panel-messages.js';

describe('messages of a panel’s frame', () => {
  it('are read when they are as expected', () => {
    expect(readFromFrame({ kind: 'shown', more: 1 })).toEqual({ kind: 'shown' });
    expect(readFromFrame({ kind: 'failed', message: 'x'.repeat(2000) })).toEqual({
      kind: 'failed',
      message: 'x'.repeat(500),
    });
    const call = { kind: 'call', id: 1, method: 'GET', path: 'crashes/1', body: null };
    expect(readFromFrame(call)).toEqual(call);
    expect(readFromFrame({ kind: 'navigate', path: '/inbox' })).toEqual({ kind: 'navigate', path: '/inbox' });
  });

  it('are nothing else: the frame runs a server’s code', () => {
    for (const data of [
      null,
      'shown',
      [],
      { kind: 'constructor' },
      { kind: 'height', height: '100%' },
      { kind: 'height', height: Infinity },
      { kind: 'navigate', path: '//evil.example.org/' },
      { kind: 'navigate', path: 'javascript:alert(1)' },
      { kind: 'navigate', path: { toString: () => '/x' } },
      { kind: 'call', id: 1, method: 'DELETE', path: 'x', body: null },
      { kind: 'call', id: 1, method: 'GET', path: 'x'.repeat(5000), body: null },
      { kind: 'call', id: {}, method: 'GET', path: 'x', body: null },
    ]) {
      expect(readFromFrame(data), JSON.stringify(data)).toBeNull();
    }
  });
});
