/**
 * Where our signatures differ from those of siggen 2.2.20241029 on purpose, and why. siggen is an extract of Socorro
 * of October 2024; Socorro of today, as socorro.md section 5 describes it, is what we follow.
 */
export interface Difference {
  id: string;
  reason: string;
  /** Found in the JSON of the crash data (or in the name alone) when the difference can show. */
  construct: RegExp;
  /** Only for crashes signed with lists other than siggen's own. */
  onlyWithOtherLists?: true;
}

export const differences: readonly Difference[] = [
  {
    id: 'operator-less-than',
    reason:
      'siggen takes the < of operator<, operator<<, operator<=> for the start of template arguments and collapses it ' +
      'to operator<T>; section 5.2 D keeps what follows `operator`.',
    construct: /operator *</,
  },
  {
    id: 'cast-in-cpp-name',
    reason: 'siggen collapses <A as B> in names without a Rust source file; section 5.2 D keeps it.',
    construct: /<[^"]* as /,
  },
  {
    id: 'name-omitted-exact',
    reason: 'siggen keeps any template arguments that hold "name omitted"; section 5.2 D only exactly <name omitted>.',
    construct: /<[^"]*<name omitted>|(?<!"|::)<name omitted>|(?<!<)name omitted|name omitted(?!>(?:::|"))/,
  },
  {
    id: 'anonymous-namespace-in-parameters',
    reason: 'siggen keeps a parameter list that holds "(anonymous namespace)" or "operator"; section 5.2 D removes it.',
    construct: /\((?!anonymous)[^"]*anonymous|\(anonymous namespace(?!\))|\([^"]*operator/,
  },
  {
    id: 'unclosed-operator-parenthesis',
    reason:
      'A parenthesis after `operator` that is never closed: ours keeps the rest as section 5.2 D says of any open one.',
    construct: /operator *\((?!\))/,
  },
  {
    id: 'only-qualifiers',
    reason: 'siggen throws on a name that is nothing but qualifiers ("const") and loses the stack; ours has no name.',
    construct: /"(?:function|cpp|rust)":"[ ]*(?:const|&|&&|const ?&)*[ ]*"/,
  },
  {
    id: 'printable-characters',
    reason: 'siggen has no SigPrintableCharsOnly, which section 5.1 lists as rule 12.',
    construct: /"function":"[^"]*\\[a-z]|[^ -~]/,
  },
  {
    id: 'unnamed-frames',
    reason:
      'When no frame that could stand for the stack has a name, siggen gives an empty signature; section 5.2 has such ' +
      'frames ignored, so ours is the first named frame, or EMPTY: no frame data available.',
    construct: /"frames":\[\{\}/,
  },
  {
    id: 'negative-thread',
    reason: 'siggen counts a negative crashing_thread from the end of the threads; section 5.2 has invalid ones as 0.',
    construct: /"crashing_thread":-/,
  },
  {
    id: 'null-lists',
    reason:
      'siggen throws on threads or frames that are null and loses the signature; section 5.5 has null as missing.',
    construct: /"(?:threads|frames)":null/,
  },
  {
    id: 'malformed-conditions',
    reason: 'siggen takes the letters of a text, or the keys of an object, for conditions; ours fails the rule.',
    construct: /conditions\\":(?:\\"[^"]|\{)/,
  },
  {
    id: 'watchdog-lists',
    reason: 'For shutdown hangs siggen reads its own lists whatever lists it is given ([GAP] in section 5.1, rule 7).',
    construct: /RunWatchdog/,
    onlyWithOtherLists: true,
  },
];
