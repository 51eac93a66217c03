import { describe, expect, it } from 'vitest';
import {
  visiblePieces,
  visibleText,
  visibleWhole,
  wellFormed,
} from '../../../desktop/renderer/src/reading/visible-text.js';

describe('visibleText', () => {
  it('leaves ordinary text of any script alone', () => {
    for (const text of ['crashy::decode<T>', 'Übergröße 日本語', 'שלום', '😀 a']) expect(visibleText(text)).toBe(text);
  });

  it('shows terminal escapes, direction overrides and characters without width as marks', () => {
    expect(visibleText('\u001B[31mred')).toBe('‹U+001B›[31mred');
    expect(visibleText('user\u202Egnp.exe')).toBe('user‹U+202E›gnp.exe');
    expect(visibleText('a\u200Bb\uFEFF')).toBe('a‹U+200B›b‹U+FEFF›');
    expect(visibleText('tag\u{E0041}')).toBe('tag‹U+E0041›');
  });

  it('shows half a surrogate pair as a mark, and whole pairs as they are', () => {
    expect(visibleText('x\uD83D!')).toBe('x‹U+D83D›!');
    expect(visibleText('\uDE00')).toBe('‹U+DE00›');
    expect(visibleText('\u{1F600}')).toBe('\u{1F600}');
  });

  it('names what a mark stands for', () => {
    expect(visiblePieces('\u202E')).toEqual([{ text: '‹U+202E›', escaped: 'U+202E RIGHT-TO-LEFT OVERRIDE' }]);
    expect(visiblePieces('\uD800')[0]?.escaped).toBe('U+D800 LONE SURROGATE');
  });

  it('keeps line feeds and tabs only where text may have several lines', () => {
    expect(visibleText('a\nb')).toBe('a‹U+000A›b');
    expect(visiblePieces('a\nb\tc', true)).toEqual([{ text: 'a\nb\tc', escaped: null }]);
  });

  it('takes the line ends of any system where text may have several lines', () => {
    expect(visiblePieces('a\r\nb\rc', true)).toEqual([{ text: 'a\nb\nc', escaped: null }]);
    expect(visibleText('a\r\nb')).toBe('a‹U+000D›‹U+000A›b');
  });

  it('makes no more pieces of a hostile text than a page bears, and still obeys none of it', () => {
    const pieces = visiblePieces('\u202E'.repeat(100_000), true);
    expect(pieces.length).toBeLessThan(2_100);
    expect(pieces.map(({ text }) => text).join('')).toBe('‹U+202E›'.repeat(100_000));
  });
});

describe('what is long or broken', () => {
  it('loses its middle in a cell, and nothing where it is copied', () => {
    const long = `begin${'x'.repeat(1_000_000)}end`;
    expect(visibleText(long)).toHaveLength(2001);
    expect(visibleText(long)).toMatch(/^begin.*….*end$/);
    expect(visibleWhole(long)).toBe(long);
  });

  it('can stand in an address, half characters too', () => {
    expect(wellFormed('a\uD83D b \uDE00\u{1F600}')).toBe('a\uFFFD b \uFFFD\u{1F600}');
    expect(() => encodeURI(wellFormed('\uDE00\uD83D'))).not.toThrow();
  });
});
