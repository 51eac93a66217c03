import { angleBrackets, parentheses, replaceEnclosed, squareBrackets } from './enclosed.js';
import { dropReturnType } from './return-type.js';
import { trimSpace } from './unicode-text.js';

/** Each is taken off at most once, in this order. */
const qualifiers = ['const', 'const&', 'const &', '&&', '&'];
/** `IPC::ParamTraits<A<B>>` inside itself is kept this deep; below, all types become `T`. */
const maxKeptDepth = 20;

/**
 * A C++ function name without what differs between builds and instantiations: return type, template arguments,
 * parameters, qualifiers, numbers of unnamed types, clone marks.
 * Order and exceptions: socorro.md section 5.2 D.
 */
export function collapseCppFunction(name: string): string {
  let text = name;
  for (const qualifier of qualifiers) {
    if (text.endsWith(qualifier)) text = trimSpace(text.slice(0, -qualifier.length));
  }
  // `T::operator unsigned int()` has its return type at the end.
  if (!text.includes('::operator')) text = dropReturnType(text);
  text = text.replaceAll("`anonymous namespace'", '(anonymous namespace)').replace(/::\$_\d+::/g, '::$::');
  text = collapseTypes(text);
  text = collapseParameters(text);
  if (text.includes('clone .cold')) text = replaceEnclosed(text, squareBrackets, () => '');
  return text;
}

/** Template arguments become `<T>`. */
function collapseTypes(text: string, depth = 0): string {
  return replaceEnclosed(text, angleBrackets, (part, before, isClosed) => {
    if (part === '<name omitted>' || part.includes(' as ') || part.includes(' in ')) return part;
    if (before.endsWith('operator')) return part;
    if (before.endsWith('IPC::ParamTraits') && depth < maxKeptDepth) {
      const inside = collapseTypes(part.slice(1, isClosed ? -1 : undefined), depth + 1);
      return `<${inside}${isClosed ? '>' : ''}`;
    }
    return '<T>';
  });
}

/** Parameters go; the name of an anonymous namespace and the parentheses of `operator()` stay. */
function collapseParameters(text: string): string {
  return replaceEnclosed(text, parentheses, (part, before) =>
    part === '(anonymous namespace)' || before.endsWith('operator') ? part : '',
  );
}

/** No space before `*`, `&` and `,`; one after a comma. The last step of C++ and Rust names. */
export function tidySpaces(text: string): string {
  return text.replace(/ (?=[*&,])/g, '').replace(/,(?! )/g, ', ');
}
