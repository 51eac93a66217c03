/** Counts crashes by the signature they leave and the one they come to. Plain data, so that a resumed run goes on. */
export type SignatureMove = {
  from: string;
  to: string;
  crashes: number;
};

/**
 * Distinct moves that are kept, with each checkpoint written anew: a change that gives every crash a signature of its
 * own must fill neither the memory nor the disk.
 */
const mostKept = 4_000;
const mostListed = 500;

/** As a checkpoint keeps them; `beyond` are crashes whose move is not among the kept. */
export interface KeptMoves {
  moves: SignatureMove[];
  beyond: number;
}

export class SignatureMoves {
  private readonly counts: Map<string, SignatureMove>;
  private beyond: number;

  constructor({ moves, beyond }: KeptMoves) {
    this.counts = new Map(moves.map((move) => [keyOf(move), { ...move }]));
    this.beyond = beyond;
  }

  kept(): KeptMoves {
    return { moves: [...this.counts.values()], beyond: this.beyond };
  }

  add(from: string, to: string): void {
    if (from === to) return;
    const known = this.counts.get(keyOf({ from, to }));
    if (known !== undefined) known.crashes += 1;
    else if (this.counts.size < mostKept) this.counts.set(keyOf({ from, to }), { from, to, crashes: 1 });
    else this.beyond += 1;
  }

  get changed(): number {
    return [...this.counts.values()].reduce((sum, { crashes }) => sum + crashes, this.beyond);
  }

  /** The most frequent first; what is not listed is counted. */
  listed(): { moves: SignatureMove[]; cut: number } {
    const sorted = [...this.counts.values()].sort((a, b) => b.crashes - a.crashes || (a.from < b.from ? -1 : 1));
    const cut = sorted.slice(mostListed).reduce((sum, { crashes }) => sum + crashes, this.beyond);
    return { moves: sorted.slice(0, mostListed), cut };
  }
}

function keyOf({ from, to }: Pick<SignatureMove, 'from' | 'to'>): string {
  return JSON.stringify([from, to]);
}
