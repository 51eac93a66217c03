/** A stored crash as the API shows it to somebody: what they may not see is not in it. */
import type { FieldDictionary, JsonValue, PendingMark, ProcessedCrash, RunRecord, StoredCrash } from '@faultline/sdk';
import type { CrashReport } from '@faultline/sdk/api';
import { publicStackwalk } from './public-stackwalk.js';

/** Who looks. */
export interface Viewer {
  fields: FieldDictionary;
  mayViewProtected: boolean;
}

/** @param step how far processing is, when a processor has told */
export function crashReport(stored: StoredCrash, viewer: Viewer, step: string | undefined): CrashReport {
  const { raw, pending } = stored;
  const { identity } = raw.metadata;
  const processed = stored.processed === null ? null : visibleProcessed(stored.processed, viewer);
  const annotations = visibleAnnotations(raw.annotations, viewer);
  const text = (field: string, fallback: string): string => {
    const value = processed?.[field];
    return typeof value === 'string' && value !== '' ? value : fallback;
  };
  return {
    crashId: raw.crashId,
    // One that is processed again still shows its last run.
    state: stored.processed === null && pending !== null ? pending.state : 'processed',
    step: pending === null ? '' : (step ?? stepOf(pending)),
    product: text('product', identity.product),
    version: text('version', identity.version),
    channel: text('release_channel', identity.channel),
    platform: text('os_name', identity.platform),
    processType: text('process_type', identity.processType),
    submittedTimestamp: raw.submittedTimestamp,
    annotations,
    hasHiddenFields:
      annotations.length < Object.keys(raw.annotations).length ||
      (processed !== null && JSON.stringify(processed) !== JSON.stringify(stored.processed)),
    parts: raw.parts.map((part) => ({
      ...part,
      // A client's file name may hold its user's name.
      filename: viewer.mayViewProtected ? part.filename : '',
    })),
    collectorNotes: viewer.mayViewProtected ? raw.metadata.collector_notes : [],
    throttleRule: raw.metadata.throttle_rule,
    processed,
    runs: [...stored.runs].reverse().map((run) => visibleRun(run, viewer)),
    error: pending?.error ?? null,
  };
}

/** The processed crash by the field dictionary; of stack walks just what is known to say nothing of the user. */
export function visibleProcessed(crash: ProcessedCrash, viewer: Viewer): Record<string, JsonValue> {
  const shown = viewer.fields.redact(crash, viewer.mayViewProtected);
  if (viewer.mayViewProtected) return shown;
  const additional = Array.isArray(crash['additional_minidumps']) ? crash['additional_minidumps'] : [];
  for (const name of additional) {
    const walk = typeof name === 'string' ? shown[name] : undefined;
    if (typeof name === 'string' && walk !== undefined) shown[name] = publicAdditional(walk);
  }
  if (shown['json_dump'] !== undefined) shown['json_dump'] = publicStackwalk(shown['json_dump']);
  return shown;
}

/** An additional dump is `{json_dump, ...}`: its stack walk, beside a few facts of the walk itself. */
function publicAdditional(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { json_dump: walk } = value;
  return walk === undefined ? publicStackwalk(value) : { json_dump: publicStackwalk(walk) };
}

/** An annotation is public when there is a field that is copied from it, and every such field is public. */
function visibleAnnotations(
  annotations: Readonly<Record<string, JsonValue>>,
  { fields, mayViewProtected }: Viewer,
): CrashReport['annotations'] {
  const all = fields.all();
  return Object.entries(annotations)
    .flatMap(([name, value]): CrashReport['annotations'] => {
      const declaring = all.filter(({ annotation }) => annotation === name);
      const isPublic = declaring.length > 0 && declaring.every(({ permission }) => permission === 'public');
      if (!isPublic && !mayViewProtected) return [];
      const description = declaring[0]?.description ?? '';
      return [{ name, value, description, permission: isPublic ? 'public' : 'protected' }];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of fields that the viewer may not know of are left out too. */
function visibleRun(run: RunRecord, { fields, mayViewProtected }: Viewer): CrashReport['runs'][number] {
  const visible = (names: readonly string[]): string[] =>
    names.filter((name) => mayViewProtected || fields.get(name)?.permission === 'public');
  return {
    ...run,
    changed: visible(run.changed),
    rules: run.rules.map((rule) => ({ ...rule, fields: visible(rule.fields) })),
  };
}

function stepOf(pending: PendingMark): string {
  if (pending.state === 'deferred') return 'kept, but not processed until somebody asks';
  if (pending.state === 'pending') return 'waiting in the queue';
  return pending.error === undefined ? 'given up' : `given up after ${pending.error.deliveries} tries`;
}
