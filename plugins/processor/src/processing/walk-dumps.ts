import { mainDumpName } from '@faultline/sdk';
import type { JsonValue, RawCrash, RunRecord, Stackwalker, StackwalkResult } from '@faultline/sdk';

const additionalPrefix = `${mainDumpName}_`;

export interface WalkedDumps {
  /** Fields of the document that the rules start with. */
  fields: Record<string, JsonValue>;
  /** Of the main dump, or of the first other one; null when the report has no dump. */
  record: RunRecord['stackwalk'];
  notes: string[];
  /** False when a dump could not be walked. */
  isComplete: boolean;
}

/** Walks the main dump into the top level and every other dump under its own name. Rejects only when aborted. */
export async function walkDumps(
  raw: RawCrash,
  walker: Stackwalker | null,
  options: { signal: AbortSignal; onStep(step: string): void },
): Promise<WalkedDumps> {
  const names = raw.parts.map(({ name }) => name).filter((name) => name === mainDumpName || isAdditional(name));
  const walked: WalkedDumps = { fields: {}, record: null, notes: [], isComplete: true };
  if (names.length === 0) return walked;
  if (walker === null) {
    return { ...walked, notes: ['No stack walker is installed: the dump was not walked.'], isComplete: false };
  }
  for (const name of names.sort((a, b) => Number(isAdditional(a)) - Number(isAdditional(b)))) {
    options.onStep(name === mainDumpName ? 'walking the minidump' : `walking ${name}`);
    const job = { crashId: raw.crashId, part: name, raw: raw.annotations };
    const result = await walker.walk(job, options.signal);
    const { tool, version, status, duration } = result;
    walked.record ??= { tool, version, status, duration };
    walked.notes.push(...result.notes);
    if (status !== 'OK') walked.isComplete = false;
    if (name === mainDumpName) Object.assign(walked.fields, fieldsOf(result));
    else walked.fields[name] = fieldsOf(result);
  }
  const additional = names.filter(isAdditional);
  if (additional.length > 0) walked.fields['additional_minidumps'] = additional;
  return walked;
}

function isAdditional(name: string): boolean {
  return name.startsWith(additionalPrefix);
}

/** Names are Socorro's. */
function fieldsOf({ json, status, tool, version }: StackwalkResult): Record<string, JsonValue> {
  return {
    ...(json === null ? {} : { json_dump: json }),
    mdsw_status_string: status,
    success: status === 'OK',
    stackwalk_version: `${tool} ${version}`,
  };
}
