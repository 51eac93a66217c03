import type { Clock, Logger, Milliseconds, ProductCatalog, Release, RuleSettings } from '@faultline/sdk';

/** Version of a beta by product, channel and build id: plain data for the rules' thread. */
export type BetaVersions = Readonly<Record<string, string>>;

/** Settings of the rules of this plugin. */
export interface MozillaSettings {
  betas: BetaVersions;
}

const products = ['Firefox', 'Thunderbird', 'DevEdition'];
/** Releases are told of hours before people have them. */
const lookAgain: Milliseconds = 300_000;
/** The newest so many; older betas are history. */
const mostBetas = 5_000;

export function betaKey({ product, channel, buildId }: Pick<Release, 'product' | 'channel' | 'buildId'>): string {
  return `${product}/${channel.toLowerCase()}/${buildId}`;
}

/** Betas with a number among the releases; newest first, and of two for one build the first counts. */
export function betaVersions(releases: readonly Release[]): BetaVersions {
  const betas: Record<string, string> = {};
  const known = releases.filter(({ product, version, buildId }) => {
    return products.includes(product) && buildId !== '' && /\db[1-9]\d*$/.test(version);
  });
  for (const release of known.slice(0, mostBetas)) betas[betaKey(release)] ??= release.version;
  return betas;
}

/** Keeps the rules' table of betas as the product catalog has it. */
export class BetaSettings implements RuleSettings {
  readonly id = 'mozilla';
  #betas: BetaVersions = {};
  readonly #listeners = new Set<() => void>();

  current(): { betas: Record<string, string> } {
    return { betas: { ...this.#betas } };
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async refresh(catalog: Pick<ProductCatalog, 'releases'>): Promise<void> {
    const betas = betaVersions(await catalog.releases());
    if (JSON.stringify(betas) === JSON.stringify(this.#betas)) return;
    this.#betas = betas;
    for (const listener of this.#listeners) listener();
  }

  /** Until the signal is aborted. */
  async follow(
    catalog: Pick<ProductCatalog, 'releases'>,
    { clock, logger, signal }: { clock: Clock; logger: Logger; signal: AbortSignal },
  ): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.refresh(catalog);
        await clock.sleep(lookAgain, signal);
      } catch (error) {
        if (signal.aborted) return;
        logger.warn({ error: String(error) }, 'The releases could not be read; betas known so far stay');
        await clock.sleep(lookAgain, signal).catch(() => undefined);
      }
    }
  }
}
