import type { Clock, FieldDefinition, SearchEngine } from '@faultline/sdk';
import type { Correlations } from '@faultline/sdk/api';
import { isFacetable, searchBounds } from '@faultline/sdk/search';
import type { FacetRequest, FacetResult } from '@faultline/sdk/search-query';
import { anyOf, bucketsOf, count, is, narrowed, type Scope } from './scope.js';
import { falseDiscoveryRates, overRepresentation } from './significance.js';

/** Values of one field that are tested. */
const mostValues = 40;
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
  'date_processed',
  'java_stack_trace',
  'java_stack_trace_raw',
  'mdsw_status_string',
  'minidump_sha256_hash',
  'processor_notes',
  'proto_signature',
  'signature',
  'stackwalk_version',
  'started_datetime',
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
      some.map(({ id }) => values(id, mostValues)),
    );
    totals.group = found.total;
    const frequent = some.filter(({ id }) => bucketsOf(found.facets[id]).some((bucket) => bucket.count >= support));
    const reference = await count(
      engine,
      rest,
      frequent.map(({ id }) => values(id, mostValues * 10)),
    );
    totals.rest = reference.total;
    for (const field of frequent) {
      const here = bucketsOf(found.facets[field.id]).filter((bucket) => bucket.count >= support);
      const there = await countsOf(engine, rest, { field, wanted: here, known: reference.facets[field.id] });
      for (const { term, count: inGroup } of here) {
        const value = term === null ? null : String(term);
        tested.push({ field, value, inGroup, inRest: there.get(value) ?? 0 });
      }
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

/** Numbers are left out: their single values say little, and what counts is derived from them as a field of its own. */
function isTold(field: FieldDefinition): boolean {
  const isCategory = ['keyword', 'string', 'list', 'boolean'].includes(field.type);
  return isCategory && isFacetable(field) && !tellNothing.has(field.id);
}

function values(field: string, size: number): FacetRequest {
  return { kind: 'terms', name: field, field, size, includeMissing: true };
}

/** A value that is rare in the rest may have been cut off from its facet; then it is asked for by name. */
async function countsOf(
  engine: SearchEngine,
  rest: Scope,
  wish: { field: FieldDefinition; wanted: readonly { term: unknown }[]; known: FacetResult | undefined },
): Promise<Map<string | null, number>> {
  const { field, wanted, known } = wish;
  const counts = new Map(
    bucketsOf(known).map(({ term, count: number }) => [term === null ? null : String(term), number]),
  );
  const isCut = known?.kind === 'terms' && known.other > 0;
  const missing = wanted.flatMap(({ term }) => (typeof term === 'string' && !counts.has(term) ? [term] : []));
  if (!isCut || missing.length === 0) return counts;
  const { facets } = await count(engine, narrowed(rest, anyOf(field.id, missing)), [
    { kind: 'terms', name: field.id, field: field.id, size: searchBounds.facetSize },
  ]);
  for (const { term, count: number } of bucketsOf(facets[field.id])) counts.set(String(term), number);
  return counts;
}
