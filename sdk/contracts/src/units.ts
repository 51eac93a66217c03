/** Units as types: the compiler keeps an absolute address from being used as an offset in a module. */

declare const unit: unique symbol;
type Unit<Base, Name extends string> = Base & { readonly [unit]?: Name };

/** A size in bytes, a whole number. */
export type Bytes = Unit<number, 'Bytes'>;
/** A duration in milliseconds. */
export type Milliseconds = Unit<number, 'Milliseconds'>;
/** A duration in seconds. */
export type Seconds = Unit<number, 'Seconds'>;
/** A point in time: milliseconds since 1970-01-01T00:00:00Z. */
export type UnixMillis = Unit<number, 'UnixMillis'>;
/** An address in the crashed process, 0 to 2^64-1. */
export type AbsoluteAddress = Unit<bigint, 'AbsoluteAddress'>;
/** An address relative to its module's base; a whole number below 2^53. */
export type ModuleOffset = Unit<number, 'ModuleOffset'>;
/** Either the value or a promise of it: what is in memory is answered at once, what must be read is awaited. */
export type MaybePromise<T> = T | Promise<T>;
