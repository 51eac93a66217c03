import { gunzipSync } from 'node:zlib';
import type { JsonValue } from '@faultline/sdk';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';

/** Name of the part; gzip of JSON. */
const partName = 'memory_report';
/** Unpacked; Socorro's limit. A bomb of 20 KB unpacks to this much. */
const sizeLimit = 20 * 1024 * 1024;

/** What the program said of its own memory: a report of sizes by path, sent as a part. */
export const memoryReportRule: ProcessingRule = {
  id: 'rules/memory-report',
  title: 'Memory report',
  version: 1,
  reads: [],
  writes: ['memory_report', 'memory_report_error'],
  parts: [partName],
  budget: 3000,
  applies: ({ raw }) => raw.parts.some(({ name }) => name === partName),
  apply({ parts }) {
    const bytes = parts?.get(partName);
    const read = bytes === undefined ? 'it is too large to be read' : readReport(bytes);
    if (typeof read !== 'string') return { patch: { memory_report: read } };
    return { patch: { memory_report_error: `memory_report: ${read}` }, notes: [`memory_report: ${read}`] };
  },
};

/** The report, or what is wrong with it; the words never quote it. */
function readReport(bytes: Uint8Array): Record<string, JsonValue> | string {
  let unpacked: Uint8Array;
  try {
    unpacked = gunzipSync(bytes, { maxOutputLength: sizeLimit });
  } catch (error) {
    const isLarge = error instanceof RangeError || (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE';
    return isLarge ? `error in gzip: more than ${sizeLimit} bytes unpacked` : 'error in gzip: no gzip, or damaged';
  }
  try {
    const report = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(unpacked)) as JsonValue;
    if (typeof report === 'object' && report !== null && !Array.isArray(report)) return report;
    return 'error in json: no object';
  } catch {
    // The engine's own message would quote the text.
    return 'error in json: no valid JSON';
  }
}
