import { defineRoute, type FaultlineError, type HttpResponse, type HttpRoute } from '@faultline/sdk';
import { z } from 'zod';
import type { SymbolRecords } from '../store/symbol-records.js';
import { inVersion4 } from '../symbolicate/symbolicate.js';
import { parseSymbolication, type SymbolicationJob } from '../symbolicate/symbolication-request.js';
import type { SymbolsThread } from '../symbolicate/symbols-thread.js';
import { symbolKeyOf } from '../store/symbol-key.js';
import { teckenError } from './tecken-error.js';

/** Eliot's symbolication API. */
export function symbolicateRoutes(thread: SymbolsThread, records: SymbolRecords): HttpRoute[] {
  const answer = async (jobs: SymbolicationJob[], isDebug = false) =>
    thread.symbolicate({ jobs, isDebug, codeFiles: await codeFilesOf(jobs, records) });
  return [
    defineRoute({
      id: 'symbols/symbolicate-v5',
      method: 'POST',
      path: '/symbolicate/v5',
      summary:
        'Functions, files and lines of module offsets: one job, or up to 10 in "jobs"; with a header Debug also what it cost',
      access: 'symbolicate',
      request: { body: z.unknown() },
      response: z.object({ results: z.array(z.looseObject({})), debug: z.looseObject({}).optional() }),
      answerError: eliotError,
      async handle({ body, headers }) {
        const { results, debug } = await answer(parseSymbolication(body), headers['debug'] !== undefined);
        return { headers: cors, body: { results, ...(debug === undefined ? {} : { debug }) } };
      },
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
        const [result] = job === undefined ? [] : (await answer([job])).results;
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
      const key = symbolKeyOf(`${debugFile}/${debugId}/${name}`);
      const record = key === null ? null : await records.get(key, false);
      if (record !== null && record.codeFile !== '') codeFiles[`${debugFile}/${debugId}`] = record.codeFile;
    }
  }
  return codeFiles;
}

/** `{"title": "..."}`. */
function eliotError(error: FaultlineError): HttpResponse {
  const title = error.code === 'BODY_NOT_JSON' ? 'Payload is not valid JSON' : error.message;
  return { ...teckenError(error), headers: cors, body: { title } };
}
