import { FaultlineError } from '@faultline/sdk/errors';
import type { ZodType } from 'zod';
import type { ConfigFile } from './config-file.js';
import { environmentNames } from './environment.js';
import { leavesOf, settingTree, valueOfText, type SettingNode } from './setting-tree.js';
import { suggestion } from './suggestion.js';

/** Where a value came from, weakest first. */
export type SettingSource = 'default' | 'file' | 'environment' | 'command line';

export interface Setting {
  /** `section.key.inner` */
  name: string;
  value: unknown;
  source: SettingSource;
  /** The line of the file, the variable, or the option; "" for a default. */
  place: string;
  description: string;
  isSecret: boolean;
  /** JSON Schema of what may be given. */
  schema: Readonly<Record<string, unknown>>;
}

export interface Section<Value> {
  value: Value;
  settings: Setting[];
}

export interface ConfigurationLayers {
  file: ConfigFile | null;
  environment: Readonly<Record<string, string | undefined>>;
  /** `section.key=value` and the options that stand for one, e.g. `--port`. */
  overrides: readonly { name: string; text: string; option: string }[];
  /** Values given by a program, in the place of the file: tests. */
  given?: Record<string, unknown>;
}

/** The layers of configuration, parsed section by section with the schema of whoever owns the section. */
export class Configuration {
  readonly #known = new Set<string>();
  readonly #usedVariables = new Set<string>();

  constructor(private readonly layers: ConfigurationLayers) {}

  get file(): ConfigFile | null {
    return this.layers.file;
  }

  /** The same environment and command line over another file. */
  withFile(file: ConfigFile | null): Configuration {
    return new Configuration({ ...this.layers, file });
  }

  /**
   * A section's value, deeply frozen, with the source of each setting. Throws `Malformed CONFIG_INVALID` that names
   * the first bad setting, its place, and what it should be.
   */
  section<Value>(id: string, schema: ZodType<Value>): Section<Value> {
    this.#known.add(id);
    const tree = settingTree(schema);
    const places = new Map<string, { source: SettingSource; place: string }>();
    const input = this.#input(id, tree, places);
    rejectUnknownKeys(id, input, tree, (path) => this.#placeOf([id, ...path], places));
    const parsed = schema.safeParse(input);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const path = [id, ...(issue?.path ?? []).map(String)];
      throw invalid(path, issue?.message ?? 'not valid', this.#placeOf(path, places));
    }
    const value = deepFreeze(parsed.data);
    return { value, settings: settingsOf(id, tree, value, places) };
  }

  /** The raw section, for a plugin that has no schema. */
  rawSection(id: string): unknown {
    this.#known.add(id);
    return deepFreeze(structuredClone(this.#fileSections()[id] ?? {}));
  }

  /** Sections that nobody has asked for: misspelt, or of a plugin that is not installed. */
  unknownSections(known: Iterable<string>): { name: string; message: string }[] {
    const names = new Set([...this.#known, ...known]);
    return Object.keys(this.#fileSections())
      .filter((name) => !names.has(name))
      .map((name) => ({
        name,
        message: `${this.#placeOf([name], new Map())}: there is no section or plugin "${name}".${suggestion(name, names)}`,
      }));
  }

  /** `FAULTLINE_...` variables that set nothing. */
  unusedVariables(): string[] {
    const reserved = new Set([
      'FAULTLINE_DATA',
      'FAULTLINE_URL',
      'FAULTLINE_TOKEN',
      'FAULTLINE_CORPUS',
      'FAULTLINE_COMMIT',
    ]);
    return Object.keys(this.layers.environment).filter(
      (name) => name.startsWith('FAULTLINE_') && !reserved.has(name) && !this.#usedVariables.has(name),
    );
  }

  #fileSections(): Record<string, unknown> {
    return this.layers.given ?? this.layers.file?.sections ?? {};
  }

  #input(id: string, tree: SettingNode, places: Map<string, { source: SettingSource; place: string }>): unknown {
    const given = this.#fileSections()[id];
    // `collector:` with nothing below it is null in YAML, and means all defaults, like no section at all.
    const nothing = tree.properties === null ? undefined : {};
    let input: unknown = given === null || given === undefined ? nothing : structuredClone(given);
    for (const path of givenPaths(input)) {
      places.set(path.join('.'), { source: 'file', place: this.#fileLine([id, ...path]) });
    }
    for (const { variable, path, node } of environmentNames(id, tree)) {
      const text = this.layers.environment[variable];
      if (text === undefined) continue;
      this.#usedVariables.add(variable);
      input = withValue(input, path, valueOfText(text, node));
      places.set(path.join('.'), { source: 'environment', place: variable });
    }
    for (const { name, text, option } of this.layers.overrides) {
      const [section, ...path] = name.split('.');
      if (section !== id) continue;
      input = withValue(input, path, valueOfText(text, nodeAt(tree, path)));
      places.set(path.join('.'), { source: 'command line', place: option });
    }
    return input;
  }

  #placeOf(path: readonly string[], places: ReadonlyMap<string, { place: string }>): string {
    for (let length = path.length; length > 0; length--) {
      const place = places.get(path.slice(1, length).join('.'))?.place;
      if (place !== undefined && place !== '') return place;
    }
    return this.#fileLine(path);
  }

  #fileLine(path: readonly string[]): string {
    const { file } = this.layers;
    if (file === null) return 'configuration';
    for (let length = path.length; length > 0; length--) {
      const line = file.lineOf(path.slice(0, length));
      if (line !== null) return `${file.path}, line ${line}`;
    }
    return file.path;
  }
}

function invalid(path: readonly string[], message: string, place: string): FaultlineError {
  return new FaultlineError(
    'Malformed',
    'CONFIG_INVALID',
    `${place}: \`${path.join('.')}\` is not valid: ${message}.`,
    {
      hint: '`faultline config` prints every setting with its meaning and where its value comes from.',
      details: { setting: path.join('.') },
    },
  );
}

function rejectUnknownKeys(
  section: string,
  input: unknown,
  node: SettingNode,
  placeOf: (path: string[]) => string,
  path: string[] = [],
): void {
  if (node.properties === null || !isPlainObject(input)) return;
  for (const [key, value] of Object.entries(input)) {
    const inner = node.properties.get(key);
    if (inner !== undefined) rejectUnknownKeys(section, value, inner, placeOf, [...path, key]);
    else if (!node.isOpen) {
      const name = [section, ...path, key].join('.');
      throw new FaultlineError(
        'Malformed',
        'CONFIG_UNKNOWN_KEY',
        `${placeOf([...path, key])}: there is no setting \`${name}\`.${suggestion(key, node.properties.keys())}`,
        { hint: `\`faultline config\` prints the settings there are.`, details: { setting: name } },
      );
    }
  }
}

function settingsOf(
  id: string,
  tree: SettingNode,
  value: unknown,
  places: ReadonlyMap<string, { source: SettingSource; place: string }>,
): Setting[] {
  return [...leavesOf(tree)].map(([path, node]) => {
    let origin: { source: SettingSource; place: string } = { source: 'default', place: '' };
    for (let length = path.length; length >= 0; length--) {
      const found = places.get(path.slice(0, length).join('.'));
      if (found === undefined) continue;
      origin = found;
      break;
    }
    return {
      name: [id, ...path].join('.'),
      value: valueAt(value, path),
      ...origin,
      description: node.description,
      isSecret: node.isSecret,
      schema: node.schema,
    };
  });
}

/** Paths of every leaf that is given, lists as a whole. */
function givenPaths(value: unknown, path: string[] = []): string[][] {
  if (value === undefined) return [];
  if (!isPlainObject(value)) return [path];
  return Object.entries(value).flatMap(([key, inner]) => givenPaths(inner, [...path, key]));
}

function withValue(target: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const object = isPlainObject(target) ? target : {};
  return { ...object, [key]: withValue(object[key], rest, value) };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (isPlainObject(inner) ? inner[key] : undefined), value);
}

function nodeAt(tree: SettingNode, path: readonly string[]): SettingNode | undefined {
  return path.reduce<SettingNode | undefined>((node, key) => node?.properties?.get(key), tree);
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) deepFreeze(inner);
  return Object.freeze(value);
}
