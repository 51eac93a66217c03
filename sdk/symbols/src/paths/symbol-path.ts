/**
 * Where a module's symbols stand below a symbol folder or URL (Breakpad's layout, stackwalk.md 4.3). Module names come
 * from dumps and are hostile: only a safe last part of one ever becomes a part of a path.
 */
import type { ModuleIdentity } from '@faultline/sdk/module-symbols';

/** Parts of a relative path, safe to join with `/` or as URL segments after encoding. */
export interface SymbolPath {
  folder: string;
  id: string;
  file: string;
}

/** 32 hex digits and the age in hex without padding, as MODULE records and folders have it. */
const debugIdForm = /^[0-9A-F]{33,40}$/i;
const codeIdForm = /^[0-9A-F]{1,64}$/i;
const longestLeaf = 200;

/**
 * The last part of a path of either kind of system, or null when it can't be one name in a folder: empty, `.`, `..`,
 * a control character, a colon (drive letters, streams), a name that Windows would change, or too long.
 */
export function safeLeaf(path: string): string | null {
  const leaf = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  if (leaf === '' || leaf === '.' || leaf === '..' || leaf.length > longestLeaf) return null;
  if (/[\u0000-\u001f\u007f:*?"<>|]/.test(leaf) || /[. ]$/.test(leaf)) return null;
  return leaf;
}

/** A debug id in the form of folders (upper case), or null when it is not one. */
export function normalDebugId(debugId: string): string | null {
  const plain = debugId.replaceAll('-', '');
  return debugIdForm.test(plain) ? plain.toUpperCase() : null;
}

/** `<debug file>/<DEBUG ID>/<debug file without .pdb>.sym`; the code file's name stands in for an empty debug file. */
export function breakpadPath(module: Pick<ModuleIdentity, 'codeFile' | 'debugFile' | 'debugId'>): SymbolPath | null {
  const folder = safeLeaf(module.debugFile === '' ? module.codeFile : module.debugFile);
  const id = normalDebugId(module.debugId);
  if (folder === null || id === null) return null;
  return { folder, id, file: `${folder.replace(/\.pdb$/i, '')}.sym` };
}

/** `<code file>/<CODE ID>/<code file without .dll>.sym`: servers answer it with the debug file's place. */
export function codeInfoPath(module: Pick<ModuleIdentity, 'codeFile' | 'codeId'>): SymbolPath | null {
  const folder = safeLeaf(module.codeFile);
  if (folder === null || !codeIdForm.test(module.codeId)) return null;
  return { folder, id: module.codeId.toUpperCase(), file: `${folder.replace(/\.dll$/i, '')}.sym` };
}

/** Reads `…/<debug file>/<debug id>/<name>.sym` back, as the Location of a code-id redirect names it. */
export function identityOfPath(path: string): { debugFile: string; debugId: string } | null {
  const parts = path.split('/');
  const [debugFile = '', debugId = '', file = ''] = parts.slice(-3);
  const leaf = safeLeaf(debugFile);
  const id = normalDebugId(debugId);
  return leaf === null || id === null || !file.endsWith('.sym') ? null : { debugFile: leaf, debugId: id };
}
