/** What the screens need of an OpenAPI document: its operations with their parameters. */
export interface ApiParameter {
  name: string;
  in: 'path' | 'query';
  required: boolean;
  description: string;
  /** "integer", "a | b | c", "string". */
  shape: string;
}

export interface ApiOperation {
  id: string;
  method: string;
  path: string;
  summary: string;
  /** Plugin that brings it; "host" for the server itself. */
  plugin: string;
  isOpen: boolean;
  parameters: ApiParameter[];
  /** JSON Schema of the body it takes; null for none. */
  body: unknown;
  /** JSON Schema of its answer; null when it has none. */
  answer: unknown;
}

type Json = Record<string, unknown>;
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Operations in the order of plugin and path. Takes any JSON: what is missing is left out. */
export function apiOperations(document: unknown): ApiOperation[] {
  const found: ApiOperation[] = [];
  for (const [path, item] of Object.entries(object(object(document)['paths']))) {
    for (const method of methods) {
      const operation = object(item)[method];
      if (operation !== undefined) found.push(operationOf(method, path, object(operation)));
    }
  }
  return found.sort((a, b) => (a.plugin === b.plugin ? compare(a.path, b.path) : compare(a.plugin, b.plugin)));
}

/** The address of a try: path parameters filled in, empty query parameters left out. */
export function tryAddress(operation: ApiOperation, values: Readonly<Record<string, string>>): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
  const query = new URLSearchParams();
  for (const { name, in: place } of operation.parameters) {
    const value = values[name] ?? '';
    if (place === 'query' && value !== '') query.set(name, value);
  }
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

function operationOf(method: string, path: string, operation: Json): ApiOperation {
  const ok = object(object(operation['responses'])['200']);
  return {
    id: String(operation['operationId'] ?? `${method} ${path}`),
    method: method.toUpperCase(),
    path,
    summary: String(operation['summary'] ?? ''),
    plugin: String((operation['tags'] as unknown[] | undefined)?.[0] ?? 'host'),
    isOpen: operation['security'] === undefined,
    parameters: ((operation['parameters'] as unknown[] | undefined) ?? []).map(parameterOf),
    body: schemaOf(object(operation['requestBody'])),
    answer: schemaOf(ok),
  };
}

function parameterOf(parameter: unknown): ApiParameter {
  const { name, in: place, required, description, schema } = object(parameter);
  return {
    name: String(name ?? ''),
    in: place === 'path' ? 'path' : 'query',
    required: required === true,
    description: String(description ?? ''),
    shape: shapeOf(object(schema)),
  };
}

function shapeOf(schema: Json): string {
  const choices = schema['enum'];
  if (Array.isArray(choices)) return choices.join(' | ');
  const { type } = schema;
  return typeof type === 'string' ? type : '';
}

function schemaOf(part: Json): unknown {
  return object(object(part['content'])['application/json'])['schema'] ?? null;
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}
