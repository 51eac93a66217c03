import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';

/** Types as /proc/self/mountinfo spells them. 9p is left out: virtual machines use it for local folders. */
const networkTypes = new Set([
  'afs',
  'beegfs',
  'ceph',
  'cifs',
  'fuse.ceph',
  'fuse.glusterfs',
  'fuse.rclone',
  'fuse.s3fs',
  'fuse.sshfs',
  'gfs2',
  'glusterfs',
  'lustre',
  'ncpfs',
  'nfs',
  'nfs4',
  'ocfs2',
  'smb3',
  'smbfs',
]);

/** Type of the network file system that holds a folder; null on a local one, and where Linux's list is missing. */
export async function networkFileSystemOf(folder: string): Promise<string | null> {
  let table: string;
  try {
    table = await readFile('/proc/self/mountinfo', 'utf8');
  } catch {
    // Not Linux: nothing to ask without a native module.
    return null;
  }
  const type = fileSystemType(table, await realpath(folder));
  return type !== null && networkTypes.has(type) ? type : null;
}

/** Type of the mount that holds a path; the last of equal mounts lies on top. Format: proc(5), mountinfo. */
export function fileSystemType(mountinfo: string, folder: string): string | null {
  let best = { length: -1, type: null as string | null };
  for (const line of mountinfo.split('\n')) {
    const [mount, source] = line.split(' - ');
    const point = unescapeOctal(mount?.split(' ')[4] ?? '');
    const type = source?.split(' ')[0];
    if (point === '' || type === undefined) continue;
    const isAbove = folder === point || folder.startsWith(point.endsWith(path.sep) ? point : point + path.sep);
    if (isAbove && point.length >= best.length) best = { length: point.length, type };
  }
  return best.type;
}

/** Blanks and the like stand as three octal digits there. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
