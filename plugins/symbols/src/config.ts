import { z } from 'zod';
import { CredentialsConfig, UpstreamConfig } from './upstream/upstream-config.js';

const bytes = (least: number) => z.coerce.number().int().min(least);
const flag = () => z.stringbool().or(z.boolean());

export const SymbolsConfig = z.strictObject({
  paths: z
    .array(z.string().min(1))
    .default([])
    .describe(
      'Folders in Breakpad layout, or single .sym files, asked before the network. Relative to the data folder.',
    ),
  urls: z
    .array(z.url({ protocol: /^https?$/ }))
    .default([])
    .describe('Symbol servers in Tecken layout, asked in this order, e.g. https://symbols.mozilla.org'),
  upstreams: z.array(UpstreamConfig).default([]).describe('Symbol servers with settings of their own, after `urls`.'),
  credentials: CredentialsConfig,
  cache: z
    .strictObject({
      maxSize: bytes(0)
        .default(40 * 2 ** 30)
        .describe('Bytes of downloads and indexes together; what was used longest ago goes first.'),
      keepFree: bytes(0)
        .default(2 ** 30)
        .describe('Bytes of the disk that the cache leaves free, whatever its quota says.'),
    })
    .prefault({}),
  timeout: z.coerce.number().int().min(100).default(120_000).describe('Milliseconds for one download as a whole.'),
  idleTimeout: z.coerce
    .number()
    .int()
    .min(100)
    .default(30_000)
    .describe('Milliseconds without a byte after which a server hangs.'),
  maxDownloadSize: z.coerce
    .number()
    .int()
    .min(1024)
    .default(2 * 2 ** 30)
    .describe('Largest download in bytes, as sent.'),
  maxTextSize: z.coerce
    .number()
    .int()
    .min(1024)
    .default(4 * 2 ** 30)
    .describe('Largest symbol file in bytes, after gzip.'),
  maxRedirects: z.coerce.number().int().min(0).max(20).default(5).describe('Redirects followed per download.'),
  missLifetime: z.coerce
    .number()
    .int()
    .min(0)
    .default(60 * 60 * 1000)
    .describe('Milliseconds that a server’s "not found" is believed.'),
  allowPrivateRedirects: flag().default(false).describe('Follow redirects to other hosts in private networks.'),
  buildThreads: z.coerce
    .number()
    .int()
    .min(1)
    .max(16)
    .default(2)
    .describe('Worker threads that index one large symbol file.'),
  upload: z
    .strictObject({
      maxSize: z.coerce
        .number()
        .int()
        .min(1024)
        .default(2 * 2 ** 30)
        .describe('Largest upload in bytes, as sent.'),
      maxUnpacked: z.coerce
        .number()
        .int()
        .min(1024)
        .default(32 * 2 ** 30)
        .describe('Bytes that one zip may unpack to.'),
      allowedHosts: z
        .array(z.string().regex(/^(\*\.)?[A-Za-z0-9.:[\]-]+$/))
        .default([])
        .describe('Hosts that an upload by URL may name, e.g. queue.example.org or *.example.org; none: not taken.'),
      maxFiles: z.coerce.number().int().min(1).default(100_000).describe('Files in one zip.'),
      refusedNames: z
        .array(z.string().min(1))
        .default([])
        .describe('Parts of file names; a zip that has one is refused, e.g. qcom/proprietary.'),
    })
    .prefault({}),
  reprocess: z
    .strictObject({
      automatic: flag().default(true).describe('Process crashes again by itself when symbols that they lacked arrive.'),
      rate: z.coerce.number().min(0.1).max(10_000).default(20).describe('Most such crashes a second.'),
    })
    .prefault({}),
  retention: z
    .strictObject({
      unusedDays: z.coerce
        .number()
        .int()
        .min(0)
        .default(0)
        .describe('Days without use after which an uploaded file is removed; 0 keeps them all.'),
      maxSize: bytes(0)
        .default(0)
        .describe('Bytes of all uploaded files; those used longest ago go first; 0: no quota.'),
    })
    .prefault({}),
  dumpSyms: z
    .strictObject({
      program: z.string().min(1).default('dump_syms').describe('Name or path of Mozilla’s dump_syms.'),
      timeout: z.coerce.number().int().min(100).default(600_000).describe('Milliseconds for one module.'),
      memory: bytes(64 * 2 ** 20)
        .default(4 * 2 ** 30)
        .describe('Bytes that it may take, beside the files it reads (not on macOS and Windows).'),
    })
    .prefault({}),
  tryLifetime: z.coerce
    .number()
    .int()
    .min(1)
    .default(28)
    .describe('Days after which the symbols of try builds are removed.'),
});
export type SymbolsConfig = z.output<typeof SymbolsConfig>;
