/**
 * Where Antenna and Socorro put the pieces of a crash. Antenna's folder (its file system class): everything below the
 * day, dumps under the names they were sent with. Socorro's (its object store, as a folder): everything below `v1`, the
 * main dump as `dump`, processed crashes beside the raw ones. In both the raw crash is written last: one without it
 * was never whole.
 */
import path from 'node:path';
import type { CrashId } from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { mainDumpName } from '@faultline/sdk/raw-crash';

export type LayoutName = 'antenna' | 'socorro';

export interface Layout {
  name: LayoutName;
  /** Folder whose names are the days. */
  days(root: string): string;
  /** Folder with the raw crashes of a day. */
  rawFolder(root: string, day: string): string;
  /** The id in the name of a raw crash's file; what is no crash at all may come out of it too. */
  idOfFile(name: string): string;
  raw(root: string, id: CrashId): string;
  dumpNames(root: string, id: CrashId): string;
  dump(root: string, id: CrashId, name: string): string;
  /** Null where processed crashes are not kept. */
  processed(root: string, id: CrashId): string | null;
}

export const layouts: Record<LayoutName, Layout> = {
  antenna: {
    name: 'antenna',
    days: (root) => root,
    rawFolder: (root, day) => path.join(root, day, 'raw_crash'),
    idOfFile: (name) => name.replace(/\.json$/, ''),
    raw: (root, id) => path.join(root, compactDay(id), 'raw_crash', `${id}.json`),
    dumpNames: (root, id) => path.join(root, compactDay(id), 'dump_names', `${id}.json`),
    dump: (root, id, name) => path.join(root, compactDay(id), name, id),
    processed: () => null,
  },
  socorro: {
    name: 'socorro',
    days: (root) => path.join(root, 'v1', 'raw_crash'),
    rawFolder: (root, day) => path.join(root, 'v1', 'raw_crash', day),
    idOfFile: (name) => name,
    raw: (root, id) => path.join(root, 'v1', 'raw_crash', compactDay(id), id),
    dumpNames: (root, id) => path.join(root, 'v1', 'dump_names', id),
    dump: (root, id, name) => path.join(root, 'v1', name === mainDumpName || name === '' ? 'dump' : name, id),
    processed: (root, id) => path.join(root, 'v1', 'processed_crash', id),
  },
};

/** False for a name that would lead out of its folder, or into that of something else. */
export function isFolderName(name: string): boolean {
  return (
    /^[A-Za-z0-9_.-]{1,200}$/.test(name) &&
    !/^\.+$/.test(name) &&
    !['raw_crash', 'dump_names', 'processed_crash', 'crash_report'].includes(name)
  );
}

/** `yyyymmdd`, as folders are named. */
function compactDay(id: CrashId): string {
  return crashIdDay(id).replaceAll('-', '');
}
