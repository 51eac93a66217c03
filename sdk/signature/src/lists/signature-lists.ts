import type { NameMemo } from '../names/frame-name.js';
import { RecentMemo } from '../names/recent-memo.js';
import { entriesOf, ExpressionList } from './expression-list.js';
import type { ListEntry, ListProblem } from './expression-list.js';

/** The four lists and the file names that Socorro gives them, so that its own files can be dropped in. */
export const signatureListFiles = {
  /** Frames that say nothing about a crash; they are skipped. */
  irrelevant: 'irrelevant_signature_re.txt',
  /** Frames that say too little alone; the next one is added. */
  prefix: 'prefix_signature_re.txt',
  /** Exact names; a stack begins at the first of them. */
  sentinels: 'signature_sentinels.txt',
  /** Functions so long that the line belongs to the name. */
  withLineNumbers: 'signatures_with_line_numbers_re.txt',
} as const;

export type SignatureListName = keyof typeof signatureListFiles;
export const signatureListNames = Object.keys(signatureListFiles) as SignatureListName[];

/** Text of each list, as it stands in its file. */
export type SignatureListTexts = Record<SignatureListName, string>;

/** Lists that are ready for use. Make them once and use them for many crashes: they remember names and answers. */
export interface SignatureLists {
  irrelevant: ExpressionList;
  prefix: ExpressionList;
  sentinels: ReadonlyMap<string, ListEntry>;
  withLineNumbers: ExpressionList;
  /** Lines of all four that were left out or are worth a look. */
  problems: readonly ListProblem[];
  /** Names made before, and what these lists say of them. */
  names: NameMemo;
}

/**
 * Reads the four lists. Never throws: a line that can't be used is in `problems`, the others are in force.
 * @param files what problems and explanations call the files; a path helps a person more than a name
 */
export function parseSignatureLists(
  texts: SignatureListTexts,
  files: Record<SignatureListName, string> = signatureListFiles,
): SignatureLists {
  const irrelevant = ExpressionList.parse(texts.irrelevant, files.irrelevant);
  const prefix = ExpressionList.parse(texts.prefix, files.prefix);
  const withLineNumbers = ExpressionList.parse(texts.withLineNumbers, files.withLineNumbers);
  const sentinels = new Map<string, ListEntry>();
  for (const entry of entriesOf(texts.sentinels, files.sentinels)) {
    if (!sentinels.has(entry.expression)) sentinels.set(entry.expression, entry);
  }
  const problems = [irrelevant, prefix, withLineNumbers].flatMap((list) => list.problems);
  const names: NameMemo = {
    'cpp-function': new RecentMemo(),
    'rust-function': new RecentMemo(),
    other: new RecentMemo(4096),
  };
  return { irrelevant, prefix, sentinels, withLineNumbers, problems, names };
}
