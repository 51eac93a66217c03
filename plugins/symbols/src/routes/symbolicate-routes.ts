import { defineRoute, FaultlineError, type HttpResponse, type HttpRoute } from '@faultline/sdk';
import { z } from 'zod';
import type { SymbolRecords } from '../store/symbol-records.js';
import { inVersion4 } from '../symbolicate/symbolicate.js';
import { parseSymbolication, type SymbolicationJob } from '../symbolicate/symbolication-request.js';
import type { SymbolsThread } from '../symbolicate/symbols-thread.js';
import { symbolKeyOf } from '../store/symbol-key.js';
import { teckenError } from './tecken-error.js';

/** A hundred thousand frames take less. */
const largestPayload = 8 * 1024 * 1024;

/**
 * Eliot's symbolication API. Its payload is JSON whatever the request calls it: pages of other origins (the Firefox
 * Profiler) send it as text/plain, which needs no asking before; those that name it JSON ask by OPTIONS.
 */
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
      stream: true,
      response: z.object({ results: z.array(z.looseObject({})), debug: z.looseObject({}).optional() }),
      answerError: eliotError,
      async handle({ stream, headers }) {
        const jobs = parseSymbolication(await payloadOf(stream));
        const { results, debug } = await answer(jobs, headers['debug'] !== undefined);
        return { headers: cors, body: { results, ...(debug === undefined ? {} : { debug }) } };
      },
    }),
    defineRoute({
      id: 'symbols/symbolicate-v4',
      method: 'POST',
      path: '/symbolicate/v4',
      summary: 'Functions of module offsets, in the older form',
      access: 'symbolicate',
      stream: true,
      response: z.object({
        symbolicatedStacks: z.array(z.array(z.string())),
        knownModules: z.array(z.boolean().nullable()),
      }),
      answerError: eliotError,
      async handle({ stream }) {
        const [job] = parseSymbolication(await payloadOf(stream));
        const [result] = job === undefined ? [] : (await answer([job])).results;
        return { headers: cors, body: inVersion4(result ?? { stacks: [], found_modules: {} }) };
      },
    }),
    ...['v5', 'v4'].map((version) =>
      defineRoute({
        id: `symbols/symbolicate-${version}-options`,
        method: 'OPTIONS',
        path: `/symbolicate/${version}`,
        summary: 'What a page of another origin may send',
        access: 'open',
        response: null,
        handle: () => ({ status: 204, headers: preflight, body: null }),
      }),
    ),
  ];
}

async function payloadOf(stream: AsyncIterable<Uint8Array>): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > largestPayload) {
      throw new FaultlineError('TooLarge', 'BODY_TOO_LARGE', `the payload is larger than ${largestPayload} bytes`);
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw new FaultlineError('Malformed', 'BODY_NOT_JSON', 'Payload is not valid JSON', { cause: error });
  }
}

const cors = { 'access-control-allow-origin': '*' };
const preflight = {
  ...cors,
  'access-control-allow-methods': 'POST',
  'access-control-allow-headers': 'content-type, debug',
  'access-control-max-age': '86400',
};

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
  return { ...teckenError(error), headers: cors, body: { title: error.message } };
}
