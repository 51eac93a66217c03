import type {
  Product,
  ProductCatalog,
  ProductSettings,
  Release,
  ReleaseFacts,
  StateEntry,
  StateKey,
  StateStore,
} from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import { ProductSettings as SettingsShape } from '@faultline/sdk/product-catalog';
import { releaseKey, releaseOf, newestFirst, type StoredRelease } from './releases.js';

const settingsPrefix = ['products', 'settings'] as const;
const seenPrefix = ['products', 'seen'] as const;
const releasePrefix = ['products', 'release'] as const;

/** Names and versions in reports are anybody's: beyond these, what only reports say is not remembered. */
const mostLearntProducts = 500;
const mostLearntReleases = 2_000;

/** Products and releases in the state store, shared by all processes of the data. */
export class StateProductCatalog implements ProductCatalog {
  #snapshot: readonly Product[] = [];

  constructor(private readonly state: StateStore) {}

  /** Keeps `snapshot` up to date until the signal is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    const read = async (): Promise<void> => {
      this.#snapshot = await this.declared();
    };
    this.state.watch(settingsPrefix, read, signal);
    await read();
  }

  snapshot(): readonly Product[] {
    return this.#snapshot;
  }

  async products(): Promise<Product[]> {
    const declared = await this.declared();
    const known = new Set(declared.flatMap(({ name, aliases }) => [name, ...aliases]));
    const learnt: Product[] = [];
    for await (const { key } of this.state.range({ prefix: seenPrefix })) {
      const name = String(key[2]);
      if (!known.has(name)) learnt.push(undeclared(name));
    }
    return [...declared, ...learnt];
  }

  async product(nameOrAlias: string): Promise<Product | null> {
    const all = await this.products();
    return (
      all.find(({ name }) => name === nameOrAlias) ?? all.find(({ aliases }) => aliases.includes(nameOrAlias)) ?? null
    );
  }

  async save(settings: ProductSettings, expectedVersion?: number): Promise<Product> {
    const { name } = settings;
    requireFreeNames(settings, await this.declared());
    const key: StateKey = [...settingsPrefix, name];
    if (expectedVersion === undefined) return asProduct(settings, await this.state.set(key, settings));
    const version = await this.state.compareAndSet(key, expectedVersion, settings);
    if (version !== null) return asProduct(settings, version);
    throw new FaultlineError('Conflict', 'PRODUCT_CHANGED', `Somebody else has changed "${name}" meanwhile.`, {
      hint: 'Read it again and repeat the change.',
      details: { product: name },
    });
  }

  async remove(product: string): Promise<boolean> {
    return this.state.delete([...settingsPrefix, product]);
  }

  async releases(
    filter: { product?: string; channel?: string; version?: string; buildId?: string } = {},
  ): Promise<Release[]> {
    const prefix: StateKey = filter.product === undefined ? releasePrefix : [...releasePrefix, filter.product];
    const found: Release[] = [];
    for await (const { value } of this.state.range<StoredRelease>({ prefix })) {
      const release = releaseOf(value);
      const isWanted =
        (filter.channel === undefined || release.channel === filter.channel) &&
        (filter.version === undefined || release.version === filter.version) &&
        (filter.buildId === undefined || release.buildId === filter.buildId);
      if (isWanted) found.push(release);
    }
    return found.sort(newestFirst);
  }

  async saveRelease(facts: ReleaseFacts): Promise<Release> {
    const key = releaseKey(releasePrefix, facts);
    for (;;) {
      const entry = await this.state.get<StoredRelease>(key);
      const { date, ...named } = facts;
      const stored: StoredRelease = {
        ...named,
        declaredDate: date ?? null,
        isDeclared: true,
        firstSeen: entry?.value.firstSeen ?? '',
      };
      if ((await this.state.compareAndSet(key, entry?.version ?? 0, stored)) !== null) return releaseOf(stored);
    }
  }

  async removeRelease(release: Pick<ReleaseFacts, 'product' | 'channel' | 'version' | 'buildId'>): Promise<boolean> {
    return this.state.delete(releaseKey(releasePrefix, release));
  }

  async learn(seen: (Omit<ReleaseFacts, 'date'> & { firstSeen: string })[]): Promise<void> {
    const declared = await this.declared();
    const counts = new Map<string, number>();
    for (const { product, ...release } of seen) {
      const name = declared.find(({ aliases }) => aliases.includes(product))?.name ?? product;
      if (!(await this.remember(name))) continue;
      const key = releaseKey(releasePrefix, { ...release, product: name });
      const entry = await this.state.get<StoredRelease>(key);
      if (entry !== null) {
        await this.seenEarlier(entry, release.firstSeen);
        continue;
      }
      const count = counts.get(name) ?? (await this.countReleases(name));
      counts.set(name, count + 1);
      if (count >= mostLearntReleases) continue;
      // Null: another process has just learnt it too.
      await this.state.compareAndSet(key, 0, { ...release, product: name, declaredDate: null, isDeclared: false });
    }
  }

  async versionsOf(build: { product: string; channel: string; buildId: string }): Promise<string[]> {
    return [...new Set((await this.releases(build)).map(({ version }) => version))];
  }

  private async declared(): Promise<Product[]> {
    const products: Product[] = [];
    for await (const { value, version } of this.state.range<ProductSettings>({ prefix: settingsPrefix })) {
      // Keys that a later version added are filled in by the shape's defaults.
      products.push(asProduct(SettingsShape.parse(value), version));
    }
    return products.sort((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1));
  }

  /** False when there are too many names already. */
  private async remember(product: string): Promise<boolean> {
    const key: StateKey = [...seenPrefix, product];
    if ((await this.state.get(key)) !== null) return true;
    let count = 0;
    for await (const _ of this.state.range({ prefix: seenPrefix })) count++;
    if (count >= mostLearntProducts) return false;
    await this.state.set(key, true);
    return true;
  }

  private async countReleases(product: string): Promise<number> {
    let count = 0;
    for await (const _ of this.state.range({ prefix: [...releasePrefix, product] })) count++;
    return count;
  }

  private async seenEarlier({ key, value, version }: StateEntry<StoredRelease>, firstSeen: string): Promise<void> {
    if (value.firstSeen !== '' && value.firstSeen <= firstSeen) return;
    await this.state.compareAndSet(key, version, { ...value, firstSeen });
  }
}

function asProduct(settings: ProductSettings, version: number): Product {
  return { ...settings, isDeclared: true, version };
}

function undeclared(name: string): Product {
  return { ...SettingsShape.parse({ name }), isDeclared: false, version: 0 };
}

function requireFreeNames(settings: ProductSettings, declared: readonly Product[]): void {
  for (const other of declared) {
    if (other.name === settings.name) continue;
    const taken = [settings.name, ...settings.aliases].find(
      (name) => other.aliases.includes(name) || (name !== settings.name && other.name === name),
    );
    if (taken === undefined) continue;
    throw new FaultlineError('Conflict', 'PRODUCT_NAME_TAKEN', `"${taken}" is a name of the product "${other.name}".`, {
      hint: `Take it out of one of the two products' aliases.`,
      details: { name: taken, product: other.name },
    });
  }
}
