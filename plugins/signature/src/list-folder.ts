import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { FaultlineError } from '@faultline/sdk/errors';
import { builtInListTexts, signatureListFiles, signatureListNames } from '@faultline/signature';
import type { SignatureListName } from '@faultline/signature';
import type { FolderLists } from './folder-lists.js';

/** Socorro's largest is 8 KB. */
const maxListSize = 4 * 1024 * 1024;

/**
 * Reads an operator's lists; one that is not there stays the built-in one.
 * @throws `NotFound LISTS_MISSING` for a folder without any of the four, `TooLarge LIST_TOO_LARGE`
 */
export function readListFolder(folder: string): FolderLists {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) throw missing(folder, 'is no folder');
  const texts = { ...builtInListTexts };
  const own: SignatureListName[] = [];
  for (const name of signatureListNames) {
    const text = readList(path.join(folder, signatureListFiles[name]));
    if (text === null) continue;
    texts[name] = text;
    own.push(name);
  }
  if (own.length === 0) throw missing(folder, 'has none of the lists');
  return { folder, texts, own };
}

function readList(file: string): string | null {
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return null;
  const descriptor = openSync(file, 'r');
  try {
    const { size } = fstatSync(descriptor);
    if (size > maxListSize) {
      throw new FaultlineError(
        'TooLarge',
        'LIST_TOO_LARGE',
        `${file} has ${size} bytes; at most ${maxListSize} are read`,
      );
    }
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

function missing(folder: string, what: string): FaultlineError {
  const names = Object.values(signatureListFiles).join(', ');
  return new FaultlineError('NotFound', 'LISTS_MISSING', `${folder} ${what}`, { hint: `Expected files: ${names}.` });
}
