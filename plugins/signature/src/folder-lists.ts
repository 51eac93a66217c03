import { parseSignatureLists, signatureListFiles } from '@faultline/signature';
import type { ListProblem, SignatureListName, SignatureLists, SignatureListTexts } from '@faultline/signature';

/** Texts of all four lists, and which of them are from the folder. Plain data: it travels to the rules' worker. */
export interface FolderLists {
  folder: string;
  texts: SignatureListTexts;
  own: SignatureListName[];
}

/** The lists of a folder, ready for use; built-in ones are named so. */
export function listsOfFolder({ texts, own, folder }: FolderLists, withPath: boolean): SignatureLists {
  const nameOf = (name: SignatureListName) => {
    if (!own.includes(name)) return `built-in/${signatureListFiles[name]}`;
    return withPath ? `${folder}/${signatureListFiles[name]}` : signatureListFiles[name];
  };
  return parseSignatureLists(texts, {
    irrelevant: nameOf('irrelevant'),
    prefix: nameOf('prefix'),
    sentinels: nameOf('sentinels'),
    withLineNumbers: nameOf('withLineNumbers'),
  });
}

/** `prefix.txt:12: error EXPRESSION_INVALID: missing closing ): "(foo"`. */
export function describeProblem({ file, line, severity, code, message, expression }: ListProblem): string {
  return `${file}:${line}: ${severity} ${code}: ${message} (${JSON.stringify(expression)})`;
}
