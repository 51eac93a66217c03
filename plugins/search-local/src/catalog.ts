/** What an index consists of, in one small file: replacing it is what commits a flush or a merge. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { systemErrorCode } from '@faultline/sdk/errors';
import { writeDurably } from './segments/segment-file.js';

/** Grows with each change of the files' form; an index of another format is built anew. */
const indexFormat = 2;

const Catalog = z.object({
  format: z.literal(indexFormat),
  /** Names of new files grow from here. */
  nextFile: z.number().int().nonnegative(),
  /** The log whose rows are in no segment; older ones are swept. */
  log: z.number().int().nonnegative(),
  /** String tables by field; `file` is below `strings/`. */
  tables: z.record(z.string(), z.object({ file: z.string(), bytes: z.number().int(), size: z.number().int() })),
  /** Bytes of crashes that are gone may still be in segments or string tables. */
  isErasing: z.boolean(),
  segments: z.array(
    z.object({
      /** `2026-11-22/17`, below the index's folder, without `.seg`. */
      name: z.string().regex(/^\d{4}-\d{2}-\d{2}\/\d+$/),
      size: z.number().int(),
      rows: z.number().int(),
      /** File with the numbers of the rows that are gone; null when none is. */
      deletions: z.string().nullable(),
      deletedRows: z.number().int(),
    }),
  ),
});
export type Catalog = z.output<typeof Catalog>;

export const emptyCatalog: Catalog = {
  format: indexFormat,
  nextFile: 1,
  log: 0,
  tables: {},
  isErasing: false,
  segments: [],
};

/** Null when there is none. Throws when it is damaged or of another format. */
export async function readCatalog(path: string): Promise<Catalog | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
  return Catalog.parse(JSON.parse(text));
}

/** Durable on return. */
export async function writeCatalog(path: string, catalog: Catalog): Promise<void> {
  await writeDurably(path, [Buffer.from(JSON.stringify(catalog))]);
}
