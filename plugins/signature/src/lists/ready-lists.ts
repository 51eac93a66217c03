import { parseSignatureLists, signatureListFiles } from '@faultline/signature';
import type { SignatureListName, SignatureLists, SignatureListTexts } from '@faultline/signature';
import type { ListOrigin } from './operator-lists.js';

/** Lists ready for use; explanations name the file, and say of built-in ones that they are. */
export function readyLists(
  texts: SignatureListTexts,
  origins: Readonly<Record<SignatureListName, ListOrigin>>,
): SignatureLists {
  const nameOf = (name: SignatureListName) =>
    `${origins[name] === 'built-in' ? 'built-in/' : ''}${signatureListFiles[name]}`;
  return parseSignatureLists(texts, {
    irrelevant: nameOf('irrelevant'),
    prefix: nameOf('prefix'),
    sentinels: nameOf('sentinels'),
    withLineNumbers: nameOf('withLineNumbers'),
  });
}
