/** Which files of a data folder a backup holds beside what the store copies itself. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** The store's own, what a running server makes anew, and what is rebuilt or fetched again. */
const left = [
  'crashes',
  'incoming',
  'members',
  'cache',
  'format.json',
  'state.mdb',
  'state.holder',
  'server.json',
  'bus.mdb',
  'plugins/search-local',
  'plugins/processor',
];
/** Folders without secrets. */
const open = ['symbols', 'plugins', 'quarantine'];

export interface DataFile {
  /** Below the data folder, with slashes. */
  name: string;
  /** It may hold a secret: only the folders that are known not to are taken as they are. */
  maySecret: boolean;
}

export async function dataFiles(folder: string): Promise<DataFile[]> {
  const files: DataFile[] = [];
  await walk(folder, '', files);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function walk(root: string, below: string, files: DataFile[]): Promise<void> {
  for (const entry of await readdir(path.join(root, below), { withFileTypes: true })) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (left.includes(name) || /^(state|bus)\.mdb/.test(name) || name.endsWith('-lock')) continue;
    if (entry.isDirectory()) await walk(root, name, files);
    // Links and sockets lead out of the folder: they are not its own.
    else if (entry.isFile()) files.push({ name, maySecret: !open.includes(name.split('/')[0] ?? '') });
  }
}
