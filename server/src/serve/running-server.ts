import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { PluginState } from '@faultline/sdk';
import { systemErrorCode } from '@faultline/sdk/errors';

/** What a running server says of itself to commands on the same folder: `server.json`. */
export interface RunningServer {
  pid: number;
  url: string;
  startedAt: string;
  roles: string[];
  plugins: readonly PluginState[];
}

const fileName = 'server.json';

/**
 * Written whole, then renamed: a reader never sees half of it. Of several processes on one folder, one with the role
 * `web` is announced before others: commands ask it.
 */
export async function announce(dataFolder: string, server: RunningServer): Promise<void> {
  const other = await findRunningServer(dataFolder);
  if (other !== null && other.pid !== server.pid && other.roles.includes('web') && !server.roles.includes('web'))
    return;
  const file = path.join(dataFolder, fileName);
  await writeFile(`${file}.${process.pid}`, `${JSON.stringify(server, null, 2)}\n`, { mode: 0o640 });
  await rename(`${file}.${process.pid}`, file);
}

/** Takes our own announcement away, not that of a successor. */
export async function withdraw(dataFolder: string): Promise<void> {
  const announced = await read(dataFolder);
  if (announced?.pid === process.pid) await rm(path.join(dataFolder, fileName), { force: true });
}

/** Null when no server runs on the folder; what a killed one left behind does not count. */
export async function findRunningServer(dataFolder: string): Promise<RunningServer | null> {
  const announced = await read(dataFolder);
  return announced !== null && isAlive(announced.pid) ? announced : null;
}

async function read(dataFolder: string): Promise<RunningServer | null> {
  try {
    return JSON.parse(await readFile(path.join(dataFolder, fileName), 'utf8')) as RunningServer;
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) !== '') return null;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It runs, but is another user's.
    return systemErrorCode(error) === 'EPERM';
  }
}
