import { parseSignatureLists } from './signature-lists.js';
import type { SignatureLists, SignatureListTexts } from './signature-lists.js';
import { irrelevant } from './built-in/irrelevant.js';
import { prefix } from './built-in/prefix.js';
import { sentinels } from './built-in/sentinels.js';
import { withLineNumbers } from './built-in/with-line-numbers.js';

/** Our own lists, for programs of any make: text, so that a browser has them too and an operator can start from them. */
export const builtInListTexts: SignatureListTexts = { irrelevant, prefix, sentinels, withLineNumbers };

let lists: SignatureLists | undefined;

/** Our own lists, ready for use; read at the first call. */
export function builtInLists(): SignatureLists {
  lists ??= parseSignatureLists(builtInListTexts, {
    irrelevant: 'built-in/irrelevant',
    prefix: 'built-in/prefix',
    sentinels: 'built-in/sentinels',
    withLineNumbers: 'built-in/with-line-numbers',
  });
  return lists;
}
