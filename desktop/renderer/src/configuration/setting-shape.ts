/** How a setting is given in a form, from its JSON Schema. */
export type SettingShape =
  | { kind: 'choice'; choices: string[] }
  | { kind: 'switch' }
  | { kind: 'number'; min: number | null; max: number | null }
  | { kind: 'text' }
  /** One text a line. */
  | { kind: 'lines' }
  /** Anything else: written as JSON. */
  | { kind: 'json' };

type Json = Readonly<Record<string, unknown>>;

export function shapeOf(schema: Json): SettingShape {
  const choices = schema['enum'];
  if (Array.isArray(choices) && choices.every((one) => typeof one === 'string')) return { kind: 'choice', choices };
  switch (schema['type']) {
    case 'boolean':
      return { kind: 'switch' };
    case 'integer':
    case 'number':
      return { kind: 'number', min: bound(schema['minimum']), max: bound(schema['maximum']) };
    case 'string':
      return { kind: 'text' };
    case 'array':
      return (schema['items'] as Json | undefined)?.['type'] === 'string' ? { kind: 'lines' } : { kind: 'json' };
    default:
      return { kind: 'json' };
  }
}

/** The value as it stands in the field. */
export function fieldText(value: unknown, shape: SettingShape): string {
  if (value === undefined || value === null) return '';
  if (shape.kind === 'lines' && Array.isArray(value)) return value.join('\n');
  if (shape.kind === 'json') return JSON.stringify(value, null, 2);
  return String(value);
}

/**
 * What a field says, as the value of the setting; undefined for an empty one, which takes the setting out of the file.
 * Text that is no number or no JSON stays text: the server says what it should be.
 */
export function fieldValue(text: string, shape: SettingShape): unknown {
  if (text.trim() === '') return undefined;
  switch (shape.kind) {
    case 'switch':
      return text === 'true';
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'lines':
      return text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    case 'json':
      return parsed(text);
    case 'choice':
    case 'text':
      return text;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** Beyond what a person would type, JSON Schema says "no bound" with the largest safe integer. */
function bound(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : null;
}
