import {
  builtInLists,
  builtInListTexts,
  ExpressionList,
  generateSignature,
  parseSignatureLists,
} from '@faultline/signature';
import { describe, expect, it } from 'vitest';

const lines = (list: ExpressionList, text: string) => list.match(text)?.line ?? null;

describe('ExpressionList', () => {
  it('matches at the start only, with no end implied, as re.match does', () => {
    const list = ExpressionList.parse('foo\nba[rz]$\n', 'list');
    expect(lines(list, 'foobar')).toBe(1);
    expect(lines(list, 'a foo')).toBeNull();
    expect(lines(list, 'baz')).toBe(2);
    expect(lines(list, 'bazz')).toBeNull();
  });

  it('leaves out comments and blank lines, and counts them', () => {
    const list = ExpressionList.parse('\ufeff# comment\r\n\r\n  foo  \r\n', 'list');
    expect(list.entries).toEqual([{ file: 'list', line: 3, expression: 'foo' }]);
  });

  it('names the first entry of the list that matches, plain or not', () => {
    const list = ExpressionList.parse('abc\na.*\nab\n', 'list');
    expect(lines(list, 'abcd')).toBe(1);
    expect(lines(list, 'abd')).toBe(2);
    expect(lines(ExpressionList.parse('a.*\nab\n', 'list'), 'ab')).toBe(1);
    expect(lines(ExpressionList.parse('abcd\nabc\n', 'list'), 'abcd')).toBe(1);
  });

  it('joins expressions as if each stood in a group', () => {
    const list = ExpressionList.parse('a|b\n(?i)x\n', 'list');
    expect(lines(list, 'b')).toBe(1);
    expect(lines(list, 'X')).toBe(2);
    expect(lines(list, 'A')).toBeNull();
  });

  it('reads Python spellings', () => {
    const list = ExpressionList.parse('\\<name omitted\\>\n(?P<n>x)y\\Z\n-\\[A b:\\]\n{lambda', 'list');
    expect(list.problems).toEqual([]);
    expect(lines(list, '<name omitted>')).toBe(1);
    expect(lines(list, 'xy')).toBe(2);
    expect(lines(list, 'xyz')).toBeNull();
    expect(lines(list, '-[A b:]')).toBe(3);
    expect(lines(list, '{lambda}')).toBe(4);
  });

  it('names what it can not read by file and line, and keeps the rest', () => {
    const list = ExpressionList.parse('foo\n(bar\n(?=x)y\n(a)\\1\nbaz', 'lists/prefix.txt');
    expect(list.problems.map(({ file, line, severity, code }) => [file, line, severity, code])).toEqual([
      ['lists/prefix.txt', 2, 'error', 'EXPRESSION_INVALID'],
      ['lists/prefix.txt', 3, 'error', 'EXPRESSION_INVALID'],
      ['lists/prefix.txt', 4, 'error', 'EXPRESSION_INVALID'],
    ]);
    expect(lines(list, 'foo')).toBe(1);
    expect(lines(list, 'baz')).toBe(5);
  });

  it('refuses escapes that only look like plain text', () => {
    const list = ExpressionList.parse('a\\.b\\_c\nkettle\\é\n', 'own.txt');
    expect(list.match('a.b_c::d')).toMatchObject({ line: 1 });
    expect(list.problems).toMatchObject([{ line: 2, code: 'EXPRESSION_INVALID' }]);
  });

  it('runs catastrophic expressions in linear time, and says which they are', () => {
    const list = ExpressionList.parse('(a+)+$\n(x*)*y\n(.*a){20}b\nok', 'list');
    expect(list.problems.filter(({ severity }) => severity === 'warning').map(({ line }) => line)).toEqual([1, 2]);
    const start = performance.now();
    expect(list.match(`${'a'.repeat(50_000)}!`)).toBeNull();
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('refuses expressions that unfold beyond measure', () => {
    const list = ExpressionList.parse(`((a{30}){30}){30}\n${'x'.repeat(5000)}\nok`, 'list');
    expect(list.problems.map(({ line, code }) => [line, code])).toEqual([
      [1, expect.stringMatching(/^EXPRESSION_/)],
      [2, 'EXPRESSION_TOO_LONG'],
    ]);
    expect(lines(list, 'ok')).toBe(3);
  });

  it('bounds the number of expressions', () => {
    const list = ExpressionList.parse('a\n'.repeat(30_000), 'list');
    expect(list.problems.map(({ code, line }) => [code, line])).toEqual([['LIST_TOO_LONG', 20_001]]);
  });

  it('matches nothing when it is empty', () => {
    expect(ExpressionList.parse('', 'list').match('x')).toBeNull();
  });
});

describe('built-in lists', () => {
  const lists = builtInLists();

  it('have no problem', () => expect(lists.problems).toEqual([]));

  it('name no product of Mozilla', () => {
    expect(Object.values(builtInListTexts).join('\n')).not.toMatch(
      /[Mm]oz|MOZ|[Gg]ecko|[Ff]irefox|[Xx]ul|XUL|NS_|nsT|\bjs::/,
    );
  });

  it.each([
    ['raise', 'irrelevant'],
    ['__GI_raise', 'irrelevant'],
    ['KiUserExceptionDispatch', 'irrelevant'],
    ['std::panicking::rust_panic_with_hook', 'irrelevant'],
    ['crashpad::CrashpadClient::DumpWithoutCrash', 'irrelevant'],
    ['@0x7f00', 'irrelevant'],
    ['abort', 'prefix'],
    ['__memcpy_avx_unaligned', 'prefix'],
    ['memcpy', 'prefix'],
    ['core::panicking::panic_fmt', 'prefix'],
    ['objc_msgSend', 'prefix'],
    ['pthread_mutex_lock', 'prefix'],
    ['v8::internal::V8::FatalProcessOutOfMemory', 'prefix'],
    ['base::TerminateBecauseOutOfMemory', 'prefix'],
    ['@0x0', 'prefix'],
    ['app::Document::save', null],
    ['AbortController::signal', null],
    ['large_file_open', null],
    ['main', null],
  ])('%s: %s', (name, list) => {
    const found = lists.irrelevant.match(name) ? 'irrelevant' : lists.prefix.match(name) ? 'prefix' : null;
    expect(found).toBe(list);
  });
});

describe('parseSignatureLists', () => {
  it('tells the problems of all lists, by the names that the caller gives the files', () => {
    const texts = { irrelevant: '(', prefix: '[', sentinels: 'a\n# c\na\nb', withLineNumbers: 'x(' };
    const files = { irrelevant: 'i', prefix: 'p', sentinels: 's', withLineNumbers: 'w' };
    const lists = parseSignatureLists(texts, files);
    expect(lists.problems.map(({ file }) => file)).toEqual(['i', 'p', 'w']);
    expect([...lists.sentinels.values()].map(({ line }) => line)).toEqual([1, 4]);
  });
});

describe('the built-in lists', () => {
  it.each([
    [['core::ptr::write_volatile', 'core::ptr::mut_ptr::<impl *mut T>::write_volatile', 'app::store'], 'app::store'],
    [['core::ptr::drop_in_place<app::A>', 'core::mem::drop<app::A>', 'app::close'], 'app::close'],
    [['core::intrinsics::copy_nonoverlapping', 'app::copy'], 'app::copy'],
    // A failed unwrap is worth its place.
    [
      ['core::panicking::panic_fmt', 'core::option::unwrap_failed', 'app::get'],
      'core::panicking::panic_fmt | core::option::unwrap_failed | app::get',
    ],
  ])('of %j make %s', (names, signature) => {
    const frames = names.map((name) => ({ function: name, file: '/rust/lib.rs', line: 1 }));
    const crash = { crashing_thread: 0, threads: [{ frames }] };
    expect(generateSignature(crash, builtInLists()).signature).toBe(signature);
  });
});
