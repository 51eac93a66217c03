import type { SignaturePlan } from '@faultline/sdk/api';
import { counted } from '@faultline/sdk/counted';

const mostMoves = 1_000;

type Summary = Pick<
  SignaturePlan,
  'crashes' | 'moved' | 'leaving' | 'joining' | 'created' | 'emptied' | 'merged' | 'split' | 'text' | 'moves'
>;

/** Counts what a change of lists does to groups, while crashes are looked at one by one. */
export class MoveSummary {
  #crashes = 0;
  #moved = 0;
  readonly #before = new Map<string, number>();
  readonly #after = new Map<string, number>();
  readonly #moves = new Map<string, Map<string, { crashes: number; example: string }>>();

  /** @param from the signature as it is, `to` as it would be */
  add(crashId: string, from: string, to: string): void {
    this.#crashes += 1;
    this.#before.set(from, (this.#before.get(from) ?? 0) + 1);
    this.#after.set(to, (this.#after.get(to) ?? 0) + 1);
    if (from === to) return;
    this.#moved += 1;
    const targets = this.#moves.get(from) ?? new Map<string, { crashes: number; example: string }>();
    const known = targets.get(to);
    targets.set(to, known === undefined ? { crashes: 1, example: crashId } : { ...known, crashes: known.crashes + 1 });
    this.#moves.set(from, targets);
  }

  summary(): Summary {
    const moves = [...this.#moves].flatMap(([from, targets]) =>
      [...targets].map(([to, facts]) => ({ from, to, ...facts })),
    );
    moves.sort((a, b) => b.crashes - a.crashes || (a.from < b.from ? -1 : 1));
    const joined = new Map<string, Set<string>>();
    for (const { from, to } of moves) joined.set(to, (joined.get(to) ?? new Set()).add(from));
    const isLeft = (signature: string) => this.#after.has(signature);
    const merged = [...joined].filter(([to, from]) => from.size > 1 || this.#before.has(to)).length;
    const split = [...this.#moves].filter(([from, targets]) => targets.size > 1 || isLeft(from)).length;
    const counts = {
      crashes: this.#crashes,
      moved: this.#moved,
      leaving: this.#moves.size,
      joining: joined.size,
      created: [...joined.keys()].filter((to) => !this.#before.has(to)).length,
      emptied: [...this.#moves.keys()].filter((from) => !isLeft(from)).length,
      merged,
      split,
    };
    return { ...counts, text: sentence(counts), moves: moves.slice(0, mostMoves) };
  }
}

function sentence({ crashes, moved, leaving, merged, split, created }: Omit<Summary, 'text' | 'moves'>): string {
  const looked = `of ${counted(crashes, 'crash', 'crashes')} looked at`;
  if (moved === 0) return `Nothing changes: none ${looked} gets another signature.`;
  const parts = [
    `${counted(moved, 'crash leaves', 'crashes leave')} ${counted(leaving, 'group', 'groups')} (${looked})`,
    ...(merged === 0 ? [] : [`${counted(merged, 'group takes', 'groups take')} others in`]),
    ...(split === 0 ? [] : [`${counted(split, 'group is', 'groups are')} split`]),
    ...(created === 0 ? [] : [`${counted(created, 'group is', 'groups are')} new`]),
  ];
  return `${parts.join(', ')}.`;
}
