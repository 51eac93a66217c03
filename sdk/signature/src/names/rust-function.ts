import { angleBrackets, parentheses, replaceEnclosed } from './enclosed.js';
import { dropReturnType } from './return-type.js';

/**
 * A Rust function name without what differs between instantiations: generic arguments (a cast `<A as Trait>` says
 * which function it is and stays) and parameters. The hash goes last, with `dropRustHash`.
 */
export function collapseRustFunction(name: string): string {
  const types = replaceEnclosed(dropReturnType(name), angleBrackets, (part) => (part.includes(' as ') ? part : '<T>'));
  return replaceEnclosed(types, parentheses, () => '');
}

/** `a::b::h0123456789abcdef` gives `a::b`: the legacy mangling ends in a hash of the instantiation. */
export function dropRustHash(name: string): string {
  const mark = name.lastIndexOf('::h');
  return mark >= 0 && /^[0-9a-fA-F]+\n?$/.test(name.slice(mark + 3)) ? name.slice(0, mark) : name;
}

/**
 * Folklore: Rust 1.34 wrote some functions of its standard library without their module path, so that a panic read
 * `panic`. Their source file tells which they are (socorro.md section 5.2 B).
 */
const shortNames = new Map([
  ['src/liballoc/raw_vec.rs capacity_overflow', 'alloc::raw_vec::capacity_overflow'],
  ['src/libcore/option.rs expect_failed', 'core::option::expect_failed'],
  ['src/libcore/panicking.rs panic', 'core::panicking::panic'],
  ['src/libcore/panicking.rs panic_bounds_check', 'core::panicking::panic_bounds_check'],
  ['src/libcore/panicking.rs panic_fmt', 'core::panicking::panic_fmt'],
  ['src/libcore/slice/mod.rs slice_index_order_fail', 'core::slice::slice_index_order_fail'],
  ['src/libstd/panicking.rs begin_panic_fmt', 'std::panicking::begin_panic_fmt'],
  ['src/libstd/panicking.rs continue_panic_fmt', 'std::panicking::continue_panic_fmt'],
  ['src/libstd/panicking.rs rust_panic_with_hook', 'std::panicking::rust_panic_with_hook'],
]);

/** The full name of such a function, else the name as it is. `path` is the source's path inside its repository. */
export function fullRustName(name: string, path: string): string {
  if (name.length > 30 || !path.startsWith('src/lib')) return name;
  return shortNames.get(`${path} ${name}`) ?? name;
}
