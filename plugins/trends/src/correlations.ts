import type { Clock, FieldDefinition, SearchEngine } from '@faultline/sdk';
import type { Correlations } from '@faultline/sdk/api';
import { isFacetable, searchBounds } from '@faultline/sdk/search';
import type { FacetResult } from '@faultline/sdk/search-query';
import { anyOf, count, is, narrowed, type Scope } from './scope.js';
import { falseDiscoveryRates, overRepresentation } from './significance.js';
import { readingOf } from './value-readings.js';

const mostFindings = 200;

/** These name the group itself, or one crash, or when it was processed: no wonder that they differ. */
const tellNothing = new Set([
  'address',
  'additional_minidumps',
  'app_notes',
  'client_crash_date',
  'collector_notes',
  'completed_datetime',
  'crash_id',
  'crash_time',
  'date_processed',
  'install_time',
  'java_stack_trace',
  'java_stack_trace_raw',
  'mdsw_status_string',
  'minidump_sha256_hash',
  'processor_notes',
  'proto_signature',
  'signature',
  'stackwalk_version',
  'started_datetime',
  'startup_time',
  'status',
  'submitted_timestamp',
  'uuid',
]);

export interface CorrelationWish {
  signature: string;
  support: number;
  difference: number;
  falseDiscoveries: number;
}

interface Tested {
  field: FieldDefinition;
  value: string | null;
  inGroup: number;
  inRest: number;
}

/** What is over-represented among a group's crashes against the other crashes of the scope. */
export async function correlations(
  { engine, clock }: { engine: SearchEngine; clock: Clock },
  scope: Scope,
  { signature, support, difference, falseDiscoveries }: CorrelationWish,
): Promise<Correlations> {
  const began = clock.monotonic();
  const fields = scope.fields.all().filter(isTold);
  const group = narrowed(scope, is('signature', signature));
  const rest = narrowed(scope, { kind: 'not', filter: is('signature', signature) });
  const tested: Tested[] = [];
  const totals = { group: 0, rest: 0 };
  for (let at = 0; at < fields.length; at += searchBounds.facets) {
    const some = fields.slice(at, at + searchBounds.facets);
    const found = await count(
      engine,
      group,
      some.map((field) => readingOf(field).request(field, 'group')),
    );
    totals.group = found.total;
    const here = new Map(some.map((field) => [field, frequentIn(found.facets[field.id], field, support)]));
    const frequent = some.filter((field) => (here.get(field)?.length ?? 0) > 0);
    const reference = await count(
      engine,
      rest,
      frequent.map((field) => readingOf(field).request(field, 'rest')),
    );
    totals.rest = reference.total;
    for (const field of frequent) {
      const wanted = here.get(field) ?? [];
      const inRest = await countsOf(engine, rest, { field, wanted, known: reference.facets[field.id] });
      for (const [value, inGroup] of wanted) tested.push({ field, value, inGroup, inRest: inRest(value) });
    }
  }
  const ps = tested.map(({ inGroup, inRest }) => overRepresentation({ inGroup, inRest, ...totals }));
  const rates = falseDiscoveryRates(ps);
  const findings = tested.map(({ field, value, inGroup, inRest }, at) => ({
    field: field.id,
    title: field.title,
    value,
    inGroup,
    inRest,
    shareInGroup: totals.group === 0 ? 0 : inGroup / totals.group,
    shareInRest: totals.rest === 0 ? 0 : inRest / totals.rest,
    p: ps[at] ?? 1,
    q: rates[at] ?? 1,
  }));
  const gap = (finding: (typeof findings)[number]): number => finding.shareInGroup - finding.shareInRest;
  return {
    groupCrashes: totals.group,
    restCrashes: totals.rest,
    tested: tested.length,
    findings: findings
      .filter((finding) => finding.q <= falseDiscoveries && gap(finding) >= difference)
      .sort((a, b) => gap(b) - gap(a) || a.q - b.q)
      .slice(0, mostFindings),
    milliseconds: clock.monotonic() - began,
  };
}

function isTold(field: FieldDefinition): boolean {
  const isCompared = ['keyword', 'string', 'list', 'boolean', 'integer', 'number'].includes(field.type);
  return isCompared && isFacetable(field) && !tellNothing.has(field.id);
}

/** Values that enough crashes have. */
function frequentIn(
  facet: FacetResult | undefined,
  field: FieldDefinition,
  support: number,
): [string | null, number][] {
  return [...readingOf(field).counts(facet)].filter(([, crashes]) => crashes >= support);
}

/**
 * How many of the rest have a value. One that is rare there may have been cut off from the facet; then it is asked for
 * by name. Where that can't be, all that was cut off is taken to have it, so that nothing is found by mistake.
 */
async function countsOf(
  engine: SearchEngine,
  rest: Scope,
  wish: { field: FieldDefinition; wanted: readonly [string | null, number][]; known: FacetResult | undefined },
): Promise<(value: string | null) => number> {
  const { field, wanted, known } = wish;
  const reading = readingOf(field);
  const counts = reading.counts(known);
  const cut = known?.kind === 'terms' ? known.other : 0;
  if (!reading.canBeNamed) return (value) => (counts.get(value) ?? 0) + cut;
  const missing = wanted.flatMap(([value]) => (value !== null && !counts.has(value) ? [value] : []));
  if (cut > 0 && missing.length > 0) {
    const { facets } = await count(engine, narrowed(rest, anyOf(field.id, missing)), [
      { kind: 'terms', name: field.id, field: field.id, size: searchBounds.facetSize },
    ]);
    for (const [value, crashes] of reading.counts(facets[field.id])) counts.set(value, crashes);
  }
  return (value) => counts.get(value) ?? 0;
}
