import { z } from 'zod';

const SymbolFile = z.object({
  /** `<debug file>/<id>/<file name>`. */
  key: z.string(),
  /** Bytes, unpacked and on disk. */
  size: z.number(),
  storedSize: z.number(),
  /** Of the unpacked bytes. */
  md5: z.string(),
  isTry: z.boolean(),
  codeFile: z.string(),
  codeId: z.string(),
  generator: z.string(),
  uploadedAt: z.iso.datetime(),
  uploadedBy: z.string(),
  /** "" for a file that came alone. */
  uploadId: z.string(),
});

export const SymbolFileAdded = z.object({ outcome: z.enum(['stored', 'same']), file: SymbolFile });
export type SymbolFileAdded = z.infer<typeof SymbolFileAdded>;

export const SymbolFileList = z.object({
  files: z.array(SymbolFile),
  /** For `after`; null at the end. */
  next: z.string().nullable(),
});
export type SymbolFileList = z.infer<typeof SymbolFileList>;

export const SymbolUploadList = z.object({
  uploads: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      size: z.number(),
      isTry: z.boolean(),
      createdAt: z.iso.datetime(),
      /** Null while it is read, and when it failed. */
      completedAt: z.iso.datetime().nullable(),
      by: z.string(),
      stored: z.number(),
      skipped: z.number(),
      rejected: z.array(z.object({ key: z.string(), reason: z.string() })),
    }),
  ),
});
export type SymbolUploadList = z.infer<typeof SymbolUploadList>;

/** As Tecken's `/api/syminfo/` has it. */
export const SymbolInfo = z.object({
  debug_filename: z.string(),
  debug_id: z.string(),
  code_file: z.string(),
  code_id: z.string(),
  generator: z.string(),
  url: z.string(),
});
export type SymbolInfo = z.infer<typeof SymbolInfo>;

export const MissingSymbolList = z.object({
  modules: z.array(
    z.object({
      module: z.string(),
      version: z.string(),
      debugId: z.string(),
      codeId: z.string(),
      crashes: z.number(),
      /** Different signatures among them; at least so many. */
      groups: z.number(),
      first: z.string(),
      last: z.string(),
    }),
  ),
  /** Modules in all. */
  total: z.number(),
});
export type MissingSymbolList = z.infer<typeof MissingSymbolList>;
