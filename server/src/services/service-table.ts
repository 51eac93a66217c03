import { FaultlineError, tokenId, type Disposer, type Token } from '@faultline/sdk';
import { rootContainer, type DependencyContainer } from '@faultline/sdk/injection';

type Constructor<T> = new (...parameters: never[]) => T;

/**
 * Services of one host: one implementation per token. tsyringe can't take a registration back, so it holds a factory
 * that asks this table, and the table is what changes.
 */
export class ServiceTable {
  readonly container: DependencyContainer = rootContainer.createChildContainer();
  readonly #provided = new Map<symbol, { provider: string; implementation: unknown }>();
  readonly #registered = new Set<symbol>();

  /** Throws `Conflict SERVICE_TAKEN` when somebody provides it already. */
  provide<T>(service: Token<T>, implementation: T, provider: string): Disposer {
    const taken = this.#provided.get(service);
    if (taken !== undefined) {
      throw new FaultlineError(
        'Conflict',
        'SERVICE_TAKEN',
        `${provider} provides ${tokenId(service)}, which ${taken.provider} provides already.`,
        { hint: `Disable one of them: add "${provider}" or "${taken.provider}" to \`disabled\` in the configuration.` },
      );
    }
    const entry = { provider, implementation };
    this.#provided.set(service, entry);
    if (!this.#registered.has(service)) {
      this.#registered.add(service);
      this.container.register(service, { useFactory: () => this.get(service) });
    }
    return () => {
      if (this.#provided.get(service) === entry) this.#provided.delete(service);
    };
  }

  has(service: symbol): boolean {
    return this.#provided.has(service);
  }

  /** Throws `Unavailable SERVICE_MISSING`. */
  get<T>(service: Token<T>): T {
    const entry = this.#provided.get(service);
    if (entry !== undefined) return entry.implementation as T;
    throw new FaultlineError('Unavailable', 'SERVICE_MISSING', `No active plugin provides ${tokenId(service)}.`, {
      hint: 'See `faultline plugins` for the plugin that should, and list the service under `requires.services`.',
      details: { service: tokenId(service) },
    });
  }

  /** A service, or an instance of an own class built in `container` by constructor injection. */
  resolve<T>(wanted: Token<T> | Constructor<T>, container: DependencyContainer): T {
    if (typeof wanted === 'symbol') return this.get(wanted);
    try {
      return container.resolve<T>(wanted as new (...parameters: unknown[]) => T);
    } catch (error) {
      throw missingServiceOf(error, wanted.name);
    }
  }
}

/** tsyringe wraps what a factory threw into a message with the chain of classes; keep our error's facts. */
function missingServiceOf(error: unknown, className: string): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const service = /faultline\.service:([\w.-]+)/.exec(text)?.[1] ?? /provides ([\w.-]+)\./.exec(text)?.[1];
  if (service === undefined) return error;
  return new FaultlineError('Unavailable', 'SERVICE_MISSING', `${className} needs ${service}, which nobody provides.`, {
    hint: 'List the service under `requires.services`, so that its provider starts first.',
    details: { service },
    cause: error,
  });
}
