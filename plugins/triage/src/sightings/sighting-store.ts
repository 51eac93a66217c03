import type { StateStore } from '@faultline/sdk';
import type { GroupSighting } from '@faultline/sdk/api';
import type { VersionOverrides } from '@faultline/signature/version-order';
import { groupId } from '../groups/group-record.js';
import { withAppearance, type Appearance } from './sighting.js';

/** What is known of a signature for ever, also when its crashes have expired. */
export interface SeenSignature {
  signature: string;
  /** By product; at most `mostProducts`. */
  products: GroupSighting[];
  /** Of the frames on top of the first crash's stack: what ownership rules ask for. */
  modules: string[];
  paths: string[];
}

export interface SeenCrash extends Appearance {
  signature: string;
  modules(): string[];
  paths(): string[];
}

/** Product names come from outside. */
const mostProducts = 50;
const mostRemembered = 20_000;
const key = (signature: string) => ['triage', 'seen', groupId(signature)] as const;

/** First and last appearances, by signature. Written only when a crash says something new. */
export class SightingStore {
  /**
   * What this process wrote or read last, without what only owners' rules ask for; another may be ahead, which the
   * compare-and-set finds.
   */
  readonly #known = new Map<string, GroupSighting[]>();

  constructor(
    private readonly state: StateStore,
    private readonly overrides: VersionOverrides,
  ) {}

  async get(signature: string): Promise<SeenSignature | null> {
    return (await this.state.get<SeenSignature>(key(signature)))?.value ?? null;
  }

  /** Rows may have been deleted: ask the state again. */
  forget(): void {
    this.#known.clear();
  }

  /** False when it says nothing new. */
  async add(crash: SeenCrash): Promise<boolean> {
    const known = this.#known.get(crash.signature);
    if (known !== undefined && this.withCrash(known, crash) === null) return false;
    for (;;) {
      const found = await this.state.get<SeenSignature>(key(crash.signature));
      const next = this.next(found?.value ?? null, crash);
      if (next !== null && (await this.state.compareAndSet(key(crash.signature), found?.version ?? 0, next)) === null) {
        continue;
      }
      const seen = next ?? found?.value;
      if (seen !== undefined) this.remember(seen);
      return next !== null;
    }
  }

  /** Null when it says nothing new. */
  private next(known: SeenSignature | null, crash: SeenCrash): SeenSignature | null {
    const products = this.withCrash(known?.products ?? [], crash);
    if (products === null) return null;
    if (known !== null) return { ...known, products };
    return { signature: crash.signature, products, modules: crash.modules(), paths: crash.paths() };
  }

  private withCrash(products: readonly GroupSighting[], crash: SeenCrash): GroupSighting[] | null {
    const index = products.findIndex(({ product }) => product === crash.product);
    const sighting = withAppearance(products[index], crash, this.overrides);
    if (sighting === null || (index < 0 && products.length >= mostProducts)) return null;
    return [...products.filter((_, at) => at !== index), sighting];
  }

  private remember({ signature, products }: SeenSignature): void {
    if (this.#known.size >= mostRemembered) this.#known.clear();
    this.#known.set(signature, products);
  }
}
