/** A stored crash as the API shows it to somebody: what they may not see is not in it. */
import { withSourceLinks } from '@faultline/sdk';
import type { FieldChange, JsonValue, PendingMark, ProductSettings, RunRecord, StoredCrash } from '@faultline/sdk';
import type { CrashReport } from '@faultline/sdk/api';
import { isPublicAnnotation, visibleProcessed, type Viewer } from '@faultline/sdk/visible-crash';

/**
 * @param step how far processing is, when a processor has told
 * @param sourceLinks of its product: frames get a `source_link` by them, or by what is known of public hosts
 */
export function crashReport(
  stored: StoredCrash,
  viewer: Viewer,
  step: string | undefined,
  sourceLinks: ProductSettings['sourceLinks'] = [],
): CrashReport {
  const { raw, pending } = stored;
  const { identity } = raw.metadata;
  const visible = stored.processed === null ? null : visibleProcessed(stored.processed, viewer);
  const walk = visible?.['json_dump'];
  const processed =
    visible === null || walk === undefined ? visible : { ...visible, json_dump: withSourceLinks(walk, sourceLinks) };
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
      (visible !== null && JSON.stringify(visible) !== JSON.stringify(stored.processed)),
    parts: raw.parts.map((part) => ({
      ...part,
      // A client's file name may hold its user's name, and what it calls a type may be any text.
      filename: viewer.mayViewProtected ? part.filename : '',
      contentType: viewer.mayViewProtected ? part.contentType : '',
    })),
    collectorNotes: viewer.mayViewProtected ? raw.metadata.collector_notes : [],
    throttleRule: raw.metadata.throttle_rule,
    processed,
    runs: [...stored.runs].reverse().map((run) => visibleRun(run, viewer)),
    error: pending?.error ?? null,
  };
}

function visibleAnnotations(
  annotations: Readonly<Record<string, JsonValue>>,
  { fields, mayViewProtected }: Viewer,
): CrashReport['annotations'] {
  const all = fields.all();
  return Object.entries(annotations)
    .flatMap(([name, value]): CrashReport['annotations'] => {
      const declaring = all.filter(({ annotation }) => annotation === name);
      const isPublic = isPublicAnnotation(name, fields);
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
    values: visibleValues(run.values ?? [], { fields, mayViewProtected }),
    rules: run.rules.map((rule) => ({ ...rule, fields: visible(rule.fields) })),
  };
}

/** By the field dictionary, as the document itself; of stack walks nothing, for they say more than their field does. */
function visibleValues(
  values: readonly FieldChange[],
  { fields, mayViewProtected }: Viewer,
): CrashReport['runs'][number]['values'] {
  if (mayViewProtected) return [...values];
  const side = (which: 'before' | 'after') =>
    fields.redact(Object.fromEntries(values.map((value) => [value.field, value[which]])), false);
  const [before, after] = [side('before'), side('after')];
  return values.flatMap(({ field }) => {
    if (fields.get(field)?.permission !== 'public' || fields.get(field)?.type === 'object') return [];
    return {
      field,
      ...(Object.hasOwn(before, field) ? { before: before[field] } : {}),
      ...(Object.hasOwn(after, field) ? { after: after[field] } : {}),
    };
  });
}

function stepOf(pending: PendingMark): string {
  if (pending.state === 'deferred') return 'kept, but not processed until somebody asks';
  if (pending.state === 'pending') return 'waiting in the queue';
  return pending.error === undefined ? 'given up' : `given up after ${pending.error.deliveries} tries`;
}
