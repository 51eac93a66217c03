import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { systemErrorCode } from '@faultline/sdk/errors';

/** Another file is in it, it is gone, or (on Windows) somebody looks into it. */
const expected = ['ENOTEMPTY', 'EEXIST', 'ENOENT', ...(process.platform === 'win32' ? ['EBUSY', 'EPERM'] : [])];

/** After a file of a symbol layout has gone: the folders of its id and of its module go, too, when nothing else is in them. */
export async function removeEmptyFolders(file: string): Promise<void> {
  const ofId = path.dirname(file);
  for (const folder of [ofId, path.dirname(ofId)]) {
    try {
      await rmdir(folder);
    } catch (error) {
      if (!expected.includes(systemErrorCode(error))) throw error;
    }
  }
}
