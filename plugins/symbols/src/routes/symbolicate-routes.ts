import { defineRoute, type FaultlineError, type HttpResponse, type HttpRoute } from '@faultline/sdk';
import { z } from 'zod';
import type { SymbolRecords } from '../store/symbol-records.js';
import { inVersion4 } from '../symbolicate/symbolicate.js';
import { parseSymbolication, type SymbolicationJob } from '../symbolicate/symbolication-request.js';
import type { SymbolsThread } from '../symbolicate/symbols-thread.js';
import { parseSymbolKey } from '../store/symbol-key.js';
import { teckenError } from './tecken-error.js';

/** Eliot's symbolication API. */
export function symbolicateRoutes(thread: SymbolsThread, records: SymbolRecords): HttpRoute[] {
  const answer = async (jobs: SymbolicationJob[]) => thread.symbolicate(jobs, await codeFilesOf(jobs, records));
  return [
    defineRoute({
      id: 'symbols/symbolicate-v5',
      method: 'POST',
      path: '/symbolicate/v5',
      summary: 'Functions, files and lines of module offsets: one job, or up to 10 in "jobs"',
      access: 'symbolicate',
      request: { body: z.unknown() },
      response: z.object({ results: z.array(z.looseObject({})) }),
      answerError: eliotError,
      handle: async ({ body }) => ({ headers: cors, body: { results: await answer(parseSymbolication(body)) } }),
    }),
    defineRoute({
      id: 'symbols/symbolicate-v4',
      method: 'POST',
      path: '/symbolicate/v4',
      summary: 'Functions of module offsets, in the older form',
      access: 'symbolicate',
      request: { body: z.unknown() },
      response: z.object({
        symbolicatedStacks: z.array(z.array(z.string())),
        knownModules: z.array(z.boolean().nullable()),
      }),
      answerError: eliotError,
      async handle({ body }) {
        const [job] = parseSymbolication(body);
        const [result] = job === undefined ? [] : await answer([job]);
        return { headers: cors, body: inVersion4(result ?? { stacks: [], found_modules: {} }) };
      },
    }),
  ];
}

const cors = { 'access-control-allow-origin': '*' };

/** What the stored symbol files call their binaries. */
async function codeFilesOf(jobs: readonly SymbolicationJob[], records: SymbolRecords): Promise<Record<string, string>> {
  const codeFiles: Record<string, string> = {};
  for (const { memoryMap, stacks } of jobs) {
    const used = new Set(stacks.flat().map(([module]) => module));
    for (const [index, [debugFile, debugId]] of memoryMap.entries()) {
      if (!used.has(index)) continue;
      const name = `${debugFile.replace(/\.pdb$/i, '')}.sym`;
      const record = await recordOf(records, `${debugFile}/${debugId}/${name}`);
      if (record !== null && record.codeFile !== '') codeFiles[`${debugFile}/${debugId}`] = record.codeFile;
    }
  }
  return codeFiles;
}

async function recordOf(records: SymbolRecords, key: string) {
  try {
    return await records.get(parseSymbolKey(key), false);
  } catch {
    // A name that can't be stored is not stored.
    return null;
  }
}

/** `{"title": "..."}`. */
function eliotError(error: FaultlineError): HttpResponse {
  const title = error.code === 'BODY_NOT_JSON' ? 'Payload is not valid JSON' : error.message;
  return { ...teckenError(error), headers: cors, body: { title } };
}
