import { z, type ZodType } from 'zod';

/** A zod schema as a tree of named settings: for environment names, unknown keys, docs and printing. */
export interface SettingNode {
  /** Null for a leaf. */
  properties: ReadonlyMap<string, SettingNode> | null;
  /** Keys that are not listed may stand here too (a record). */
  isOpen: boolean;
  types: ReadonlySet<string>;
  description: string;
  /** Printed as dots; `.meta({ secret: true })` in the schema. */
  isSecret: boolean;
  /** JSON Schema of what may be given. */
  schema: Readonly<Record<string, unknown>>;
}

interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  anyOf?: JsonSchema[];
  description?: string;
  secret?: boolean;
}

export function settingTree(schema: ZodType): SettingNode {
  return nodeOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema);
}

function nodeOf(schema: JsonSchema): SettingNode {
  const alternatives = schema.anyOf ?? [];
  const types = new Set([schema, ...alternatives].flatMap((one) => one.type ?? []));
  const shaped = schema.properties !== undefined ? schema : alternatives.find((one) => one.properties !== undefined);
  return {
    properties:
      shaped?.properties === undefined
        ? null
        : new Map(Object.entries(shaped.properties).map(([name, inner]) => [name, nodeOf(inner)])),
    isOpen:
      shaped === undefined || (shaped.additionalProperties !== false && shaped.additionalProperties !== undefined),
    types,
    description: schema.description ?? '',
    isSecret: schema.secret === true,
    schema: { ...schema },
  };
}

/** Every leaf with its path, in the order of the schema. */
export function* leavesOf(
  node: SettingNode,
  path: readonly string[] = [],
): Generator<[readonly string[], SettingNode]> {
  if (node.properties === null) {
    yield [path, node];
    return;
  }
  for (const [name, inner] of node.properties) yield* leavesOf(inner, [...path, name]);
}

/** A setting given as text (environment, command line) as the schema's type; what does not fit stays text. */
export function valueOfText(text: string, node: SettingNode | undefined): unknown {
  const types = node?.types ?? new Set<string>();
  if (types.has('boolean') && /^(true|yes|on|1)$/i.test(text)) return true;
  if (types.has('boolean') && /^(false|no|off|0)$/i.test(text)) return false;
  if ((types.has('number') || types.has('integer')) && text.trim() !== '' && Number.isFinite(Number(text))) {
    return Number(text);
  }
  if (/^\s*[[{]/.test(text) && !types.has('string')) return parsedJson(text);
  if (types.has('array')) return text === '' ? [] : text.split(',').map((item) => item.trim());
  return text;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // Not JSON after all: the schema says what it should have been.
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}
