import { describe, expect, it } from 'vitest';
import { collapseCppFunction, tidySpaces } from '../../../sdk/signature/src/names/cpp-function.js';
import { collapseRustFunction, dropRustHash, fullRustName } from '../../../sdk/signature/src/names/rust-function.js';
import { fileNameOf, pathOfSourceFile } from '../../../sdk/signature/src/names/source-file.js';
import {
  collapseSpace,
  compareCodePoints,
  firstCodePoints,
  firstLines,
  isLongerThan,
  trimSpace,
} from '../../../sdk/signature/src/names/unicode-text.js';

const cpp = (name: string) => tidySpaces(collapseCppFunction(name));
const rust = (name: string) => dropRustHash(tidySpaces(collapseRustFunction(name)));

describe('names of C++ functions', () => {
  it.each([
    ['main', 'main'],
    ['ns::Class::method(int, char const*)', 'ns::Class::method'],
    ['void ns::f()', 'ns::f'],
    // What stands before a name without return type goes with a qualifier behind it, as in siggen.
    [' virtual A<b>::operator, const&', 'virtual A<T>::operator, '],
    ['static std::vector<int, a<b>> ns::f(int)', 'ns::f'],
    ['f<int>', 'f<T>'],
    ['a<b<c>, d>::f<e>(g)', 'a<T>::f<T>'],
    ['a<b', 'a<T>'],
    ['f() const', 'f'],
    ['f() const &', 'f'],
    ['f() &&', 'f'],
    ["`anonymous namespace'::f(int)", '(anonymous namespace)::f'],
    ['(anonymous namespace)::f(int)', '(anonymous namespace)::f'],
    ['f((anonymous namespace)::T)', 'f'],
    ['a::$_12::operator()(int) const', 'a::$::operator()'],
    ['a::operator()(int)', 'a::operator()'],
    ['a::operator bool() const', 'a::operator bool'],
    ['a::operator<(b)', 'a::operator<'],
    ['operator<<(std::ostream&, a::b)', 'operator<<'],
    ['<name omitted>', '<name omitted>'],
    ['<a::B as c::D>::f', '<a::B as c::D>::f'],
    ['f<a in b>', 'f<a in b>'],
    ['IPC::ParamTraits<a::b<c>>::Read(d)', 'IPC::ParamTraits<a::b<T>>::Read'],
    ['f(int) [clone .cold.12]', 'f '],
    ['f(int) [clone .part.3]', 'f [clone .part.3]'],
    ['a,b', 'a, b'],
    ['', ''],
    ['const', ''],
    [' ', ''],
  ])('%j is named %j', (name, expected) => expect(cpp(name)).toBe(expected));

  it('takes time in proportion to the length of a hostile name', () => {
    for (const part of ['<', '(', 'IPC::ParamTraits<', 'a<b>', '`', ' ', 'const ', '::operator<', '[clone .cold']) {
      const start = performance.now();
      cpp(part.repeat(Math.ceil(1_000_000 / part.length)));
      expect(performance.now() - start, part).toBeLessThan(5000);
    }
  });
});

describe('names of Rust functions', () => {
  it.each([
    ['core::ptr::drop_in_place<alloc::vec::Vec<u8>>::h0123456789abcdef', 'core::ptr::drop_in_place<T>'],
    ['<alloc::vec::Vec<T> as core::ops::Drop>::drop', '<alloc::vec::Vec<T> as core::ops::Drop>::drop'],
    ['<a::B>::c(d)', '<T>::c'],
    ['a::b::{{closure}}', 'a::b::{{closure}}'],
    ['static a::b(c)', 'a::b'],
    ['a::h', 'a::h'],
    ['a::hxyz', 'a::hxyz'],
  ])('%j is named %j', (name, expected) => expect(rust(name)).toBe(expected));

  it('completes the short names of Rust 1.34 by their source', () => {
    expect(fullRustName('panic', 'src/libcore/panicking.rs')).toBe('core::panicking::panic');
    expect(fullRustName('panic', 'src/main.rs')).toBe('panic');
  });
});

describe('names of source files', () => {
  it.each([
    ['git:github.com/a/b:src/c.rs:1a2b', 'src/c.rs'],
    ['c:\\a\\b.cpp', '\\a\\b.cpp'],
    ['/a/b.cpp', '/a/b.cpp'],
    ['a/b.cpp', null],
    ['a:b:c', null],
    ['a:b:c:d:e', null],
  ])('finds the path of %j', (name, path) => expect(pathOfSourceFile(name)).toBe(path));

  it.each([
    ['/a/b.cpp', 'b.cpp'],
    ['/a/b//', 'b'],
    ['a\\b/c', 'b/c'],
    ['c:\\a\\b\\', 'b'],
    ['///', ''],
  ])('finds the file name of %j', (name, file) => expect(fileNameOf(name)).toBe(file));
});

describe('text as Python counts it', () => {
  it('cuts and measures by code points', () => {
    expect(firstCodePoints('a😀b', 2)).toBe('a😀');
    expect(isLongerThan('😀😀', 2)).toBe(false);
    expect(isLongerThan('😀😀a', 2)).toBe(true);
  });

  it('sorts by code points, not by UTF-16 units', () => {
    expect(['\u{1f600}', '\uff5e', 'a', 'ab', ''].sort(compareCodePoints)).toEqual([
      '',
      'a',
      'ab',
      '\uff5e',
      '\u{1f600}',
    ]);
  });

  it('knows the same white space and line ends', () => {
    expect(trimSpace('\u001f\u0085 a b\u3000')).toBe('a b');
    expect(trimSpace('\ufeffa')).toBe('\ufeffa');
    expect(collapseSpace('a \t\n b')).toBe('a b');
    expect(firstLines('a\r\nb\u2028c', 2)).toEqual(['a', 'b']);
    expect(firstLines('a\n', 2)).toEqual(['a']);
    expect(firstLines('', 2)).toEqual([]);
  });

  it('trims a megabyte of spaces in no time', () => {
    const start = performance.now();
    trimSpace(`${' '.repeat(1_000_000)}a${' '.repeat(1_000_000)}a`);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
