/**
 * Injection tokens. A contract and its token share one name and one file, so that a single import gives both the type
 * and the key:
 *
 *     export interface CrashStorage { ... }
 *     export const CrashStorage = token<CrashStorage>('core.crashStorage');
 *
 * The key is `Symbol.for(id)`: two copies of this package in one process still agree.
 */

declare const service: unique symbol;

/** Key of a service of type `T`; a plain symbol, as tsyringe takes it. */
export type Token<T> = symbol & { readonly [service]?: T };

/** @param id `<owner>.<camelName>`, e.g. `core.crashStorage` */
export function token<T>(id: string): Token<T> {
  return Symbol.for(`faultline.service:${id}`) as Token<T>;
}

/** The id a token was made with. */
export function tokenId(key: symbol): string {
  return (key.description ?? '').replace(/^faultline\.service:/, '');
}
