/** A crash with a value in each protected place that must never be seen by who may not. */
import { CrashStorage, FieldDictionary, SearchEngine, type FieldDefinition, type JsonValue } from '@faultline/sdk';
import { sampleCrashId, samplePending, sampleProcessed, sampleRawCrash, sampleRun } from '@faultline/testing';
import type { TestHost, TestPlugin } from '@faultline/server/testing';
import { definePlugin, FieldDefinition as FieldPoint } from '@faultline/sdk';

export const canary = 'CANARYxq7';
/** In dumps and attachments only. */
export const dumpCanary = 'DUMPCANARYxq7';
/** In fields that hold numbers. */
const numberCanary = 918273645;

/** Names of a field that only its declaration has, and of one that nobody has: as long, and as like each other. */
export const protectedName = 'zzqhidden_a';
export const unknownName = 'zzqhidden_b';

export const signature = 'kettle::boil';
export const dumpName = 'upload_file_minidump';

/** Adds the field whose very name must not be seen. */
export const fieldPlugin: TestPlugin = {
  manifest: { id: 'canary-field', contributes: { FieldDefinition: [{ id: protectedName }] } },
  definition: definePlugin({
    activate(context) {
      context.contribute(FieldPoint, {
        id: protectedName,
        title: 'Zzq hidden',
        type: 'string',
        description: 'Zzq hidden from most.',
        annotation: 'ZzqHidden',
        permission: 'protected',
      });
    },
  }),
};

/** Everything that tells a canary. */
export const values = [canary, dumpCanary, String(numberCanary)];
/** Everything that tells that there is such a field. */
export const names = [protectedName, 'ZzqHidden', 'Zzq hidden'];

/** Stores the crash as collector and processor do; its id. */
export async function plant(host: TestHost): Promise<string> {
  const storage = host.resolve(CrashStorage);
  const now = Date.now();
  const id = sampleCrashId(7, now);
  const fields = host.resolve(FieldDictionary).all();
  const hidden = fields.filter(({ permission }) => permission === 'protected');
  const time = new Date(now - 1000).toISOString();

  const draft = await storage.openDraft();
  const part = draft.addPart({ name: dumpName, filename: `${canary}.dmp`, contentType: `text/${canary}` });
  await part.write(Buffer.from(`MDMP ${dumpCanary} `.repeat(100)));
  const summary = await part.end();
  const annotations: Record<string, JsonValue> = { ProductName: 'Teapot', Version: '1.2.3', Undeclared: canary };
  for (const { annotation } of hidden) if (annotation !== undefined) annotations[annotation] = canary;
  const raw = sampleRawCrash({ crashId: id, submittedTimestamp: time, annotations, parts: [summary] });
  raw.metadata.collector_notes = [canary];
  raw.metadata.user_agent = canary;
  await draft.commit({ raw, pending: samplePending(id, { since: now }) });

  const processed = sampleProcessed(id, { submitted_timestamp: time, undeclared: canary, json_dump: walk() });
  for (const field of hidden) setAt(processed, field.path ?? field.id, plantedValue(field));
  const run = sampleRun(1, { changed: [protectedName], started: time, completed: time });
  run.rules = [{ rule: 'test/rule', version: 1, outcome: 'written', duration: 1, fields: [protectedName], notes: [] }];
  await storage.commitRun({ crashId: id, run: 1, expectedRun: 0, processed, record: run, sinks: [] });
  await host.resolve(SearchEngine).index([{ crash: processed, run: 1 }]);
  return id;
}

/** A stack walk with memory, registers, command line and annotations of a crash handler. */
function walk(): JsonValue {
  const frame = { frame: 0, function: 'boil', module: 'kettle', registers: { rip: canary }, evidence: canary };
  return {
    status: 'OK',
    crashing_thread: { threads_index: 0, frames: [frame], last_error_value: canary },
    threads: [{ frames: [frame], stack: canary, memory: canary }],
    memory: canary,
    handles: [{ name: canary }],
    faultline: { commandLine: canary, simpleAnnotations: { key: canary }, threads: [{ words: canary }] },
  };
}

function plantedValue({ type }: FieldDefinition): JsonValue {
  switch (type) {
    case 'integer':
    case 'number':
      return numberCanary;
    case 'boolean':
      return true;
    case 'date':
      return '2026-11-22T12:00:00.000Z';
    case 'list':
      return [canary, `${canary} too`];
    case 'object':
      return { inner: canary };
    default:
      return canary;
  }
}

function setAt(document: Record<string, JsonValue | undefined>, path: string, value: JsonValue): void {
  const [key = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    document[key] = value;
    return;
  }
  const inner = document[key];
  const target = typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : {};
  document[key] = target;
  setAt(target, rest.join('.'), value);
}
