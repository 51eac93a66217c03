import { createHash } from 'node:crypto';
import type { ContributionList, FieldDefinition, FieldDictionary, JsonValue } from '@faultline/sdk';

/**
 * All field definitions that plugins have contributed. Redaction denies by default: a key that no public definition
 * names is removed, and of an undeclared object only what public fields name by their `path` is kept.
 */
export class ContributedFieldDictionary implements FieldDictionary {
  #fields: readonly FieldDefinition[] | null = null;
  #hash: string | null = null;
  #visibility: Map<string, KeyVisibility> | null = null;

  constructor(private readonly definitions: ContributionList<FieldDefinition>) {
    definitions.onChange(() => {
      this.#fields = null;
      this.#hash = null;
      this.#visibility = null;
    });
  }

  all(): readonly FieldDefinition[] {
    this.#fields ??= this.definitions.all().map((contribution) => contribution.value);
    return this.#fields;
  }

  get(id: string): FieldDefinition | undefined {
    return this.definitions.get(id)?.value;
  }

  hash(): string {
    if (this.#hash !== null) return this.#hash;
    const sorted = [...this.all()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const entries = sorted.map((field) => Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)));
    this.#hash = createHash('sha256').update(JSON.stringify(entries)).digest('hex').slice(0, 16);
    return this.#hash;
  }

  redact(document: Record<string, JsonValue | undefined>, mayViewProtected: boolean): Record<string, JsonValue> {
    const visible: Record<string, JsonValue> = {};
    for (const [key, value] of Object.entries(document)) {
      if (value === undefined) continue;
      const shown = mayViewProtected ? value : this.#publicPart(key, value);
      if (shown !== undefined) setOwn(visible, key, shown);
    }
    return visible;
  }

  #publicPart(key: string, value: JsonValue): JsonValue | undefined {
    const visibility = this.#visibilityByKey().get(key);
    if (visibility === undefined || visibility.whole === 'protected') return undefined;
    if (visibility.whole === 'public') return without(value, visibility.protectedPaths);
    return without(only(value, visibility.publicPaths), visibility.protectedPaths);
  }

  #visibilityByKey(): Map<string, KeyVisibility> {
    this.#visibility ??= visibilityByKey(this.all());
    return this.#visibility;
  }
}

/** What the definitions say of one top-level key of the document. */
interface KeyVisibility {
  whole: 'public' | 'protected' | 'undeclared';
  publicPaths: string[][];
  protectedPaths: string[][];
}

function visibilityByKey(fields: readonly FieldDefinition[]): Map<string, KeyVisibility> {
  const byKey = new Map<string, KeyVisibility>();
  for (const field of fields) {
    const [key = field.id, ...inner] = (field.path ?? field.id).split('.');
    let entry = byKey.get(key);
    if (entry === undefined) {
      entry = { whole: 'undeclared', publicPaths: [], protectedPaths: [] };
      byKey.set(key, entry);
    }
    if (inner.length > 0) {
      (field.permission === 'public' ? entry.publicPaths : entry.protectedPaths).push(inner);
    } else if (entry.whole !== 'protected') {
      // Two fields may read one key: the stricter one decides.
      entry.whole = field.permission;
    }
  }
  return byKey;
}

function isObject(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `__proto__` is a name like others in a hostile document. */
function setOwn(target: Record<string, JsonValue>, key: string, value: JsonValue): void {
  Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
}

function only(value: JsonValue, paths: readonly string[][]): JsonValue | undefined {
  if (paths.some((path) => path.length === 0)) return value;
  if (!isObject(value)) return undefined;
  const kept: Record<string, JsonValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    const below = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
    const part = below.length === 0 ? undefined : only(inner, below);
    if (part !== undefined) setOwn(kept, key, part);
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function without(value: JsonValue | undefined, paths: readonly string[][]): JsonValue | undefined {
  if (paths.length === 0 || value === undefined) return value;
  if (paths.some((path) => path.length === 0)) return undefined;
  // A path may lead into the members of a list.
  if (Array.isArray(value))
    return value.map((member) => without(member, paths)).filter((member) => member !== undefined);
  if (!isObject(value)) return value;
  const kept: Record<string, JsonValue> = {};
  for (const [key, inner] of Object.entries(value)) {
    const below = paths.filter((path) => path[0] === key).map((path) => path.slice(1));
    const part = without(inner, below);
    if (part !== undefined) setOwn(kept, key, part);
  }
  return kept;
}
