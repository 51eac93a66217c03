import type { SearchEngine, TicketLinks } from '@faultline/sdk';
import type { RelatedGroups } from '@faultline/sdk/api';
import { bucketsOf, count, type Scope } from './scope.js';

/** Signatures of the scope that are compared. */
const mostCompared = 10_000;
const mostShown = 20;
const leastLikeness = 0.35;

/** Groups that look alike, and groups that people linked to the same ticket. */
export async function relatedGroups(
  { engine, tickets }: { engine: SearchEngine; tickets: TicketLinks | null },
  scope: Scope,
  signature: string,
): Promise<RelatedGroups> {
  const { facets } = await count(engine, scope, [
    { kind: 'terms', name: 'signature', field: 'signature', size: mostCompared },
  ]);
  const groups = bucketsOf(facets['signature']).map(({ term, count: number }) => ({
    signature: String(term),
    count: number,
  }));
  return { similar: similarTo(signature, groups), byTicket: await byTicket(tickets, signature) };
}

/**
 * The part of two signatures' functions that they share, each function weighing the more the fewer groups have it:
 * `abort` in common says nothing.
 */
export function similarTo(
  signature: string,
  groups: readonly { signature: string; count: number }[],
): RelatedGroups['similar'] {
  const all = groups.map((group) => ({ ...group, parts: partsOf(group.signature) }));
  const having = new Map<string, number>();
  for (const { parts } of all) for (const part of parts) having.set(part, (having.get(part) ?? 0) + 1);
  const weight = (part: string): number => Math.log((all.length + 2) / ((having.get(part) ?? 0) + 1));
  const own = partsOf(signature);
  const sum = (parts: Iterable<string>): number => [...parts].reduce((total, part) => total + weight(part), 0);
  return all
    .filter((group) => group.signature !== signature)
    .map(({ signature: other, count: number, parts }) => {
      const shared = [...parts].filter((part) => own.has(part));
      const union = sum(new Set([...own, ...parts]));
      return { signature: other, count: number, likeness: union === 0 ? 0 : sum(shared) / union, shared };
    })
    .filter(({ likeness }) => likeness >= leastLikeness)
    .sort((a, b) => b.likeness - a.likeness || b.count - a.count)
    .slice(0, mostShown);
}

/** Functions of a signature (between ` | `), without templates and arguments, and the classes they belong to. */
function partsOf(signature: string): Set<string> {
  const parts = new Set<string>();
  for (const frame of signature.split(' | ')) {
    const name = frame
      .replace(/<[^<>]*>/g, '')
      .replace(/\(.*$/, '')
      .trim();
    if (name === '') continue;
    parts.add(name);
    const owner = name.slice(0, Math.max(0, name.lastIndexOf('::')));
    if (owner !== '') parts.add(`${owner}::`);
  }
  return parts;
}

async function byTicket(tickets: TicketLinks | null, signature: string): Promise<RelatedGroups['byTicket']> {
  if (tickets === null) return [];
  const own = (await tickets.bySignature([signature])).map(({ ticket }) => ticket);
  if (own.length === 0) return [];
  const found = new Map<string, string[]>();
  for (const link of await tickets.byTicket([...new Set(own)])) {
    if (link.signature !== signature) found.set(link.signature, [...(found.get(link.signature) ?? []), link.ticket]);
  }
  return [...found].map(([other, shared]) => ({ signature: other, tickets: shared }));
}
