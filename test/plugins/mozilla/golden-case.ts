/** One of the corpus's pairs: a raw crash as we hold it, and what Socorro made of it. */
import { existsSync, readFileSync } from 'node:fs';
import type { JsonValue, ProcessedCrash, RawCrash } from '@faultline/sdk';
import { decideIdentity } from '../../../plugins/collector/src/identity.js';
import { corpusPath } from '../../corpus.js';

export type Document = Record<string, JsonValue | undefined>;

export interface GoldenCase {
  raw: RawCrash;
  /** What the rules start with: the stack walker's part, taken from Socorro's run. */
  start: ProcessedCrash;
  expected: Document;
  /** Bytes of attachments. */
  parts: ReadonlyMap<string, Uint8Array>;
  /** What the lookup of versions answered. */
  betas: Record<string, string>;
}

/** What Socorro's collector wrote among the annotations. */
const collectorKeys = ['uuid', 'submitted_timestamp', 'version', 'metadata'];
const walkerKeys = ['json_dump', 'mdsw_status_string', 'stackwalk_version', 'additional_minidumps'];

export function goldenCase(name: string): GoldenCase {
  const file = (suffix: string) => corpusPath('socorro-rules', `${name}.${suffix}`);
  const given = read(file('raw.json'));
  const expected = read(file('processed.json'));
  const inner = Object.values(expected).flatMap((value): Document[] => (isDocument(value) ? [value] : []));
  for (const holder of [expected, ...inner]) {
    const link = holder['json_dump'];
    if (typeof link === 'string') holder['json_dump'] = read(corpusPath(link.replace('see ', ''))) as JsonValue;
  }
  const annotations = Object.fromEntries(
    Object.entries(given).flatMap(([key, value]) =>
      value === undefined || collectorKeys.includes(key) ? [] : [[key, value] as const],
    ),
  );
  const metadata = isDocument(given['metadata']) ? given['metadata'] : {};
  const checksums = isDocument(metadata['dump_checksums']) ? metadata['dump_checksums'] : {};
  const { identity } = decideIdentity(new Map(Object.entries(annotations)), new Map(), () => '');
  const crashId = String(given['uuid']) as RawCrash['crashId'];
  const submittedTimestamp = new Date(String(given['submitted_timestamp'])).toISOString();
  const parts = partNames(file('dump')).map((part) => ({
    name: part,
    filename: '',
    contentType: 'application/octet-stream',
    size: 0 as RawCrash['parts'][number]['size'],
    sha256: String(checksums[part] ?? ''),
  }));
  const raw: RawCrash = {
    crashId,
    submittedTimestamp,
    annotations,
    metadata: { ...(metadata as Partial<RawCrash['metadata']>), identity } as RawCrash['metadata'],
    parts,
  };
  const walked = walkerKeys.concat(parts.map((part) => part.name).filter((part) => part.includes('minidump_')));
  const start: ProcessedCrash = {
    crash_id: crashId,
    status: 'complete',
    submitted_timestamp: submittedTimestamp,
    started_datetime: submittedTimestamp,
    completed_datetime: submittedTimestamp,
    signature: '',
    ...Object.fromEntries(walked.filter((key) => expected[key] !== undefined).map((key) => [key, expected[key]])),
    // The stand-in's own output, where Socorro's rules changed it.
    ...(existsSync(file('walker.json')) ? { json_dump: read(file('walker.json')) as JsonValue } : {}),
  };
  const report = file('memory_report.json.gz');
  const attached = existsSync(report) ? new Map([['memory_report', new Uint8Array(readFileSync(report))]]) : new Map();
  return { raw, start, expected, parts: attached, betas: lookedUp(file('dump')) };
}

/** `version lookup: answer: 153.0b3 152.0b9 (asked {"build_id": ...})`: Socorro takes the first. */
function lookedUp(file: string): Record<string, string> {
  const line = /version lookup: answer: (\S+)[^(]*\(asked (\{.*\})\)/.exec(readFileSync(file, 'utf8'));
  if (line === null) return {};
  const asked = JSON.parse(line[2] ?? '') as { build_id: string; channel: string; product: string };
  return { [`${asked.product}/${asked.channel}/${asked.build_id}`]: line[1] ?? '' };
}

function partNames(file: string): string[] {
  const names = readFileSync(file, 'utf8')
    .split('\n')
    .map((line) => /^(\w+): \S+/.exec(line)?.[1] ?? '');
  return names.filter((name) => /^(upload_file|other_|memory_)/.test(name));
}

function read(file: string): Document {
  return JSON.parse(readFileSync(file, 'utf8')) as Document;
}

function isDocument(value: unknown): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
