import { z, type ZodType } from 'zod';
import { ErrorBody } from '@faultline/sdk/api';
import { switchedAccess, type HttpRoute } from '@faultline/sdk';
import type { MountedRoute } from './route-table.js';

type Json = Record<string, unknown>;

/** Of the whole document, by name. */
type Schemas = Record<string, Json>;

/** What a schema's own definitions are called in the document. */
interface Place {
  name: string;
  schemas: Schemas;
}

/** The OpenAPI 3.1 document of all routes, from the zod schemas that also check their requests. */
export function openApiDocument(routes: readonly MountedRoute[], info: { version: string; url: string }): Json {
  const paths: Record<string, Json> = {};
  const schemas: Schemas = {};
  schemas['Error'] = jsonSchema(ErrorBody, 'output', { name: 'Error', schemas });
  for (const mounted of [...routes].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const path = mounted.path.replace(/:([A-Za-z_]\w*)/g, '{$1}');
    paths[path] = { ...paths[path], [mounted.route.method.toLowerCase()]: operation(mounted, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Faultline', version: info.version },
    servers: [{ url: info.url }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'apiKey', in: 'header', name: 'Auth-Token' },
        session: { type: 'apiKey', in: 'cookie', name: 'faultline_session' },
      },
      schemas,
    },
  };
}

function operation({ plugin, path, route }: MountedRoute, schemas: Schemas): Json {
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [plugin],
    ...(route.access === 'open' ? {} : { security: securityOf(route) }),
    parameters: [...pathParameters(path, route, schemas), ...queryParameters(route, schemas)],
    ...requestBody(route, schemas),
    responses: {
      200: { description: 'Success', ...answerContent(route, schemas) },
      default: {
        description: 'An error',
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    },
  };
}

/** Readers may be anonymous where the configuration says so: then no credential is needed. */
function securityOf(route: HttpRoute): Json[] {
  const mayBeAnonymous = route.access === 'reader' || (switchedAccess as readonly string[]).includes(route.access);
  return [...(mayBeAnonymous ? [{}] : []), { token: [] }, { session: [] }];
}

function pathParameters(path: string, route: HttpRoute, schemas: Schemas): Json[] {
  const known = properties(route.request?.params, { name: `${route.id}.path`, schemas });
  return [...path.matchAll(/:([A-Za-z_]\w*)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: known.get(name)?.schema ?? { type: 'string' },
  }));
}

function queryParameters(route: HttpRoute, schemas: Schemas): Json[] {
  return [...properties(route.request?.query, { name: `${route.id}.query`, schemas })].map(
    ([name, { schema, isRequired }]) => ({
      name,
      in: 'query',
      required: isRequired,
      ...('description' in schema ? { description: schema['description'] } : {}),
      schema,
    }),
  );
}

function requestBody(route: HttpRoute, schemas: Schemas): Json {
  if (route.request?.body !== undefined) {
    const schema = jsonSchema(route.request.body, 'input', { name: `${route.id}.body`, schemas });
    return { requestBody: { required: true, content: { 'application/json': { schema } } } };
  }
  if (route.stream !== true || route.method === 'GET') return {};
  return { requestBody: { content: { '*/*': { schema: { type: 'string', format: 'binary' } } } } };
}

function answerContent(route: HttpRoute, schemas: Schemas): Json {
  if (route.produces !== undefined) return { content: { [route.produces]: { schema: { type: 'string' } } } };
  if (route.response === undefined || route.response === null) return {};
  const schema = jsonSchema(route.response, 'output', { name: `${route.id}.answer`, schemas });
  return { content: { 'application/json': { schema } } };
}

function properties(schema: ZodType | undefined, place: Place): Map<string, { schema: Json; isRequired: boolean }> {
  if (schema === undefined) return new Map();
  const json = jsonSchema(schema, 'input', place);
  const required = new Set((json['required'] as string[] | undefined) ?? []);
  const shapes = Object.entries((json['properties'] as Record<string, Json> | undefined) ?? {});
  return new Map(shapes.map(([name, shape]) => [name, { schema: shape, isRequired: required.has(name) }]));
}

/**
 * Definitions of a recursive schema ("any JSON", say) stand among the document's own: a reference is read from the root
 * of the document.
 */
function jsonSchema(schema: ZodType, io: 'input' | 'output', { name, schemas }: Place): Json {
  const { $schema: _, $defs, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  if ($defs === undefined) return rest;
  const prefix = name.replace(/[^A-Za-z0-9.]/g, '_');
  const placed = (json: unknown) =>
    JSON.parse(JSON.stringify(json).replaceAll('"#/$defs/', `"#/components/schemas/${prefix}.`)) as Json;
  for (const [key, definition] of Object.entries($defs)) schemas[`${prefix}.${key}`] = placed(definition);
  return placed(rest);
}
