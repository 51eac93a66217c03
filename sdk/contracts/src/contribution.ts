/**
 * Contribution points hold many values per point, in registries of ours: tsyringe can't unregister, and a child
 * container hides its parent's list. Every `add` returns a disposer.
 */

declare const contribution: unique symbol;

/** A point that plugins contribute to. Its interface and this value share one name. */
export interface ContributionPoint<T> {
  /** As manifests spell it under `contributes`. */
  readonly id: string;
  readonly [contribution]?: T;
}

/** What every contributed value has: an id, unique within its point. */
export interface Contributed {
  id: string;
}

export function contributionPoint<T extends Contributed>(id: string): ContributionPoint<T> {
  return { id };
}

/** Undoes one registration; a second call does nothing. */
export type Disposer = () => void;

/** One registration: the value and who made it. */
export interface Contribution<T> {
  plugin: string;
  value: T;
}

/** What has been contributed to one point, in order of registration. */
export interface ContributionList<T> {
  all(): readonly Contribution<T>[];
  get(id: string): Contribution<T> | undefined;
  /** Called after each addition or removal. */
  onChange(listener: () => void): Disposer;
}
