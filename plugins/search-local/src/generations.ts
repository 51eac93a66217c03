/**
 * The index lives in a numbered folder, and `current.json` says which. A rebuild fills the next number while this one
 * answers; changing the file is what puts the new one in its place.
 */
import { mkdir, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { systemErrorCode } from '@faultline/sdk/errors';
import { writeDurably } from './segments/segment-file.js';

const Current = z.object({ generation: z.number().int().positive() });

/** The number in use; null when there is none yet or the file is not readable. */
export async function currentGeneration(folder: string): Promise<number | null> {
  await mkdir(folder, { recursive: true });
  const text = await readFile(join(folder, 'current.json'), 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const current = Current.safeParse(parse(text));
  return current.success ? current.data.generation : null;
}

/** Durable on return. */
export async function useGeneration(folder: string, generation: number): Promise<void> {
  await writeDurably(join(folder, 'current.json'), [Buffer.from(JSON.stringify({ generation }))]);
}

export function generationFolder(folder: string, generation: number): string {
  return join(folder, String(generation));
}

/** Removes what a rebuild that was cut short, or the last one, left behind. */
export async function sweepGenerations(folder: string, current: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (/^\d+$/.test(name) && Number(name) !== current) await rm(join(folder, name), { recursive: true, force: true });
  }
}

/** A number that no folder has. */
export async function freeGeneration(folder: string): Promise<number> {
  const numbers = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
  return Math.max(0, ...numbers) + 1;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Cut short: as good as none, the index is built anew.
    return null;
  }
}
