/** Names of stored files: `<debug file>/<ID>/<file name>`, as Breakpad's layout, symsrv and Tecken have them. */
import { FaultlineError, isFaultlineError } from '@faultline/sdk/errors';
import { safeLeaf } from '@faultline/symbols/symbol-path';

export interface SymbolKey {
  /** Of the module: `xul.pdb`, `libxul.so`. */
  debugFile: string;
  /** Debug id or code id, upper case. */
  id: string;
  fileName: string;
}

/** Characters that Tecken's clients may not use in a part of a key; control characters and non-ASCII neither. */
const refused = /[\\^`><{}[\]#%"'|/:*?\u0000-\u001f\u007f-\uffff]/;
const idForm = /^[0-9A-F]{1,64}$/i;

/** Throws `Malformed SYMBOL_KEY_INVALID`. */
export function parseSymbolKey(path: string): SymbolKey {
  const parts = path.split('/');
  const [debugFile = '', id = '', fileName = ''] = parts;
  if (parts.length !== 3) throw invalidKey(path, 'it is not <debug file>/<id>/<file>');
  if (!idForm.test(id)) throw invalidKey(path, 'its second part is not a hexadecimal id');
  for (const part of [debugFile, fileName]) {
    if (safeLeaf(part) !== part || refused.test(part))
      throw invalidKey(path, 'a name holds what no file name may hold');
  }
  return { debugFile, id: id.toUpperCase(), fileName };
}

/** Null for what can't be stored: a hostile name is no name. */
export function symbolKeyOf(path: string): SymbolKey | null {
  try {
    return parseSymbolKey(path);
  } catch (error) {
    if (isFaultlineError(error)) return null;
    throw error;
  }
}

export function keyText({ debugFile, id, fileName }: SymbolKey): string {
  return `${debugFile}/${id}/${fileName}`;
}

export function isSymbolFile({ fileName }: Pick<SymbolKey, 'fileName'>): boolean {
  return /\.sym$/i.test(fileName);
}

function invalidKey(path: string, reason: string): FaultlineError {
  const shown = path.slice(0, 200).replace(/[^\x20-\x7e]/g, '?');
  return new FaultlineError('Malformed', 'SYMBOL_KEY_INVALID', `"${shown}" can't be stored: ${reason}.`, {
    hint: 'Symbol files are named <debug file>/<debug id>/<name>.sym; ids are hexadecimal.',
  });
}
