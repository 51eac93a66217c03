/** Raw crashes as Antenna writes them: one flat object of annotations and of what the collector added. */
import type { JsonValue, PartSummary, RawCrash, RawCrashMetadata, ReportIdentity } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { z } from 'zod';

/** What Antenna adds beside the annotations. */
const added = ['uuid', 'submitted_timestamp', 'version', 'metadata'];

/** What only we know stands in a key of our own, so that a crash comes back as it went. */
const Ours = z.object({
  identity: z.object({
    product: z.string(),
    version: z.string(),
    channel: z.string(),
    processType: z.string(),
    platform: z.string(),
    install: z.string(),
  }),
  parts: z.array(z.object({ name: z.string(), filename: z.string(), contentType: z.string() })),
});
type Ours = z.output<typeof Ours>;

const Metadata = z.object({
  payload: z.enum(['multipart', 'json']).catch('multipart'),
  payload_compressed: z.enum(['0', '1']).catch('0'),
  payload_size: z.number().catch(0),
  collector_notes: z.array(z.string()).catch([]),
  dump_checksums: z.record(z.string(), z.string()).catch({}),
  user_agent: z.string().catch(''),
  throttle_rule: z.string().catch(''),
  faultline: Ours.nullable().catch(null),
});

/** What was read of a raw crash; its parts are still to be read. */
export interface ReadRawCrash {
  raw: Omit<RawCrash, 'parts'>;
  /** Part names in the order they were sent in, where it is known; others behind. */
  inOrder(names: readonly string[]): string[];
  /** Of parts that we exported ourselves. */
  describe(name: string): Pick<PartSummary, 'filename' | 'contentType'>;
}

/** Throws `Malformed RAW_CRASH_INVALID` when it is not the raw crash of this id. */
export function readRawCrash(text: string, crashId: string): ReadRawCrash {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw invalid('it is not JSON', cause);
  }
  const found = z.record(z.string(), z.json()).safeParse(json);
  if (!found.success) throw invalid('it is no object');
  const { uuid, submitted_timestamp: submitted, metadata: rawMetadata } = found.data;
  if (uuid !== undefined && uuid !== crashId) throw invalid('it belongs to another crash');
  const at = typeof submitted === 'string' ? Date.parse(submitted) : NaN;
  if (Number.isNaN(at)) throw invalid('it does not say when it was submitted');
  const { faultline, ...metadata } = Metadata.parse(rawMetadata ?? {});
  const annotations = Object.fromEntries(Object.entries(found.data).filter(([key]) => !added.includes(key)));
  const identity = faultline?.identity ?? identityOf(annotations);
  return {
    raw: {
      crashId,
      submittedTimestamp: new Date(at).toISOString(),
      annotations,
      metadata: { ...metadata, identity },
    },
    inOrder(names) {
      const known = faultline?.parts.map((part) => part.name) ?? [];
      const rank = (name: string) => (known.includes(name) ? known.indexOf(name) : known.length);
      return [...names].sort((a, b) => rank(a) - rank(b));
    },
    describe(name) {
      const known = faultline?.parts.find((part) => part.name === name);
      return { filename: known?.filename ?? '', contentType: known?.contentType ?? 'application/octet-stream' };
    },
  };
}

/** Keys in order, as Antenna has them. */
export function writeRawCrash(raw: RawCrash): string {
  const { identity, ...metadata } = raw.metadata;
  const ours: Ours = {
    identity,
    parts: raw.parts.map(({ name, filename, contentType }) => ({ name, filename, contentType })),
  };
  const whole: Record<string, unknown> = {
    ...raw.annotations,
    uuid: raw.crashId,
    submitted_timestamp: raw.submittedTimestamp.replace(/Z$/, '+00:00'),
    version: 2,
    metadata: { ...metadata, faultline: ours } satisfies Omit<RawCrashMetadata, 'identity'> & { faultline: Ours },
  };
  const sorted = Object.keys(whole).sort();
  return JSON.stringify(Object.fromEntries(sorted.map((key) => [key, whole[key]])));
}

/** Antenna's clients use Socorro's names; Electron's are taken too. */
function identityOf(annotations: Record<string, JsonValue>): ReportIdentity {
  const first = (...names: string[]): string => {
    const value = names.map((name) => annotations[name]).find((each) => typeof each === 'string' && each !== '');
    return typeof value === 'string'
      ? value
          .replace(/\p{Cc}+/gu, ' ')
          .trim()
          .slice(0, 200)
      : '';
  };
  return {
    product: first('ProductName', '_productName', 'prod'),
    version: first('Version', '_version', 'ver'),
    channel: first('ReleaseChannel', 'channel'),
    processType: first('ProcessType', 'process_type', 'ptype'),
    platform: first('platform', 'plat'),
    install: '',
  };
}

function invalid(why: string, cause?: unknown): FaultlineError {
  return new FaultlineError('Malformed', 'RAW_CRASH_INVALID', `The raw crash can't be taken: ${why}.`, { cause });
}
