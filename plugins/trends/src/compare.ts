import type { SearchEngine } from '@faultline/sdk';
import type { Comparison } from '@faultline/sdk/api';
import { unknownField } from '@faultline/sdk/search';
import { anyOf, bucketsOf, count, is, narrowed, type Scope } from './scope.js';

interface Counted {
  crashes: number;
  /** Of the first ones; by count. */
  ranks: Map<string, number>;
  counts: Map<string, number>;
}

/** The top groups of two values of a field. Throws `Malformed SEARCH_FIELD_UNKNOWN`. */
export async function compare(
  engine: SearchEngine,
  scope: Scope,
  wish: { field: string; a: string; b: string; limit: number },
): Promise<Comparison> {
  const field = scope.fields.get(wish.field);
  if (field === undefined) throw unknownField(wish.field, scope.fields, { place: 'field' });
  const [a, b] = await Promise.all(
    [wish.a, wish.b].map((value) => top(engine, narrowed(scope, is(field.id, value)), wish.limit)),
  );
  if (a === undefined || b === undefined) return { a: none(wish.a), b: none(wish.b), rows: [] };
  await Promise.all([
    fillIn(engine, narrowed(scope, is(field.id, wish.a)), { counted: a, other: b }),
    fillIn(engine, narrowed(scope, is(field.id, wish.b)), { counted: b, other: a }),
  ]);
  const side = ({ ranks, counts, crashes }: Counted, signature: string) => {
    const number = counts.get(signature) ?? 0;
    return { rank: ranks.get(signature) ?? 0, count: number, share: crashes === 0 ? 0 : number / crashes };
  };
  const rows = [...new Set([...a.ranks.keys(), ...b.ranks.keys()])].map((signature) => {
    const sides = { a: side(a, signature), b: side(b, signature) };
    const only = sides.b.count === 0 ? ('a' as const) : sides.a.count === 0 ? ('b' as const) : null;
    return { signature, ...sides, only };
  });
  rows.sort((x, y) => Math.abs(y.b.share - y.a.share) - Math.abs(x.b.share - x.a.share));
  return { a: { value: wish.a, crashes: a.crashes }, b: { value: wish.b, crashes: b.crashes }, rows };
}

async function top(engine: SearchEngine, scope: Scope, limit: number): Promise<Counted> {
  const { total, facets } = await count(engine, scope, [
    { kind: 'terms', name: 'signature', field: 'signature', size: limit },
  ]);
  const buckets = bucketsOf(facets['signature']).map(({ term, count: number }) => [String(term), number] as const);
  return {
    crashes: total,
    ranks: new Map(buckets.map(([signature], at) => [signature, at + 1])),
    counts: new Map(buckets),
  };
}

/** What is on top over there may be far down here, and must not look as if it were absent. */
async function fillIn(
  engine: SearchEngine,
  scope: Scope,
  { counted, other }: { counted: Counted; other: Counted },
): Promise<void> {
  const missing = [...other.ranks.keys()].filter((signature) => !counted.counts.has(signature));
  if (missing.length === 0) return;
  const { facets } = await count(engine, narrowed(scope, anyOf('signature', missing)), [
    { kind: 'terms', name: 'signature', field: 'signature', size: missing.length },
  ]);
  for (const { term, count: number } of bucketsOf(facets['signature'])) counted.counts.set(String(term), number);
}

function none(value: string): { value: string; crashes: number } {
  return { value, crashes: 0 };
}
