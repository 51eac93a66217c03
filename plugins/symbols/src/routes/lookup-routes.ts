import { defineRoute, type HttpRoute } from '@faultline/sdk';
import { SymbolLookupResult } from '@faultline/sdk/api';
import { normalDebugId, safeLeaf } from '@faultline/symbols/symbol-path';
import { z } from 'zod';
import type { ConversionQueue } from '../convert/conversion-queue.js';
import { keyText } from '../store/symbol-key.js';
import type { SymbolRecords } from '../store/symbol-records.js';
import type { SymbolsThread } from '../symbolicate/symbols-thread.js';

export interface LookupRoutesOptions {
  thread: Pick<SymbolsThread, 'lookUp'>;
  records: SymbolRecords;
  queue: ConversionQueue;
}

const name = z.string().max(1000).default('');
const id = z
  .string()
  .max(100)
  .regex(/^[0-9A-Fa-f-]*$/, 'an id in hex')
  .default('');

/** One module: every place is asked now, as a walk would. */
export function lookupRoutes({ thread, records, queue }: LookupRoutesOptions): HttpRoute[] {
  return [
    defineRoute({
      id: 'symbols/lookup',
      method: 'GET',
      path: '/api/v1/symbols/lookup',
      summary: 'Look one module up in every place; `fresh` asks servers again that said they do not have it',
      access: 'signed-in',
      request: {
        query: z
          .object({ debugFile: name, debugId: id, codeFile: name, codeId: id, fresh: z.stringbool().default(false) })
          .refine(
            ({ debugFile, codeFile, debugId, codeId }) => debugFile + codeFile !== '' && debugId + codeId !== '',
            {
              error: 'a file and an id are wanted: debugFile and debugId, or codeFile and codeId',
            },
          ),
      },
      response: SymbolLookupResult,
      async handle({ query }) {
        const { fresh, ...module } = query;
        const looked = await thread.lookUp(module, fresh);
        const ids = [normalDebugId(module.debugId), module.codeId.toUpperCase()].filter(
          (one) => one !== null && one !== '',
        );
        const native = (await Promise.all(ids.map((one) => records.nativeFiles(one ?? '', false)))).flat();
        const conversion = await queue.get(normalDebugId(module.debugId) ?? '', false);
        return {
          body: {
            ...looked,
            isNamed: safeLeaf(module.debugFile === '' ? module.codeFile : module.debugFile) !== null,
            native: [...new Set(native.map(({ key }) => keyText(key)))],
            conversion: conversion === null ? null : { state: conversion.state, problem: conversion.problem },
          },
        };
      },
    }),
  ];
}
