import { z, type ZodType } from 'zod';
import { ErrorBody } from '@faultline/sdk/api';
import { switchedAccess, type HttpRoute } from '@faultline/sdk';
import type { MountedRoute } from './route-table.js';

type Json = Record<string, unknown>;

/** The OpenAPI 3.1 document of all routes, from the zod schemas that also check their requests. */
export function openApiDocument(routes: readonly MountedRoute[], info: { version: string; url: string }): Json {
  const paths: Record<string, Json> = {};
  for (const mounted of [...routes].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const path = mounted.path.replace(/:([A-Za-z_]\w*)/g, '{$1}');
    paths[path] = { ...paths[path], [mounted.route.method.toLowerCase()]: operation(mounted) };
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
      schemas: { Error: jsonSchema(ErrorBody, 'output') },
    },
  };
}

function operation({ plugin, path, route }: MountedRoute): Json {
  return {
    operationId: route.id,
    summary: route.summary,
    tags: [plugin],
    ...(route.access === 'open' ? {} : { security: securityOf(route) }),
    parameters: [...pathParameters(path, route), ...queryParameters(route)],
    ...requestBody(route),
    responses: {
      200: { description: 'Success', ...answerContent(route) },
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

function pathParameters(path: string, route: HttpRoute): Json[] {
  const schemas = properties(route.request?.params);
  return [...path.matchAll(/:([A-Za-z_]\w*)/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: schemas.get(name)?.schema ?? { type: 'string' },
  }));
}

function queryParameters(route: HttpRoute): Json[] {
  return [...properties(route.request?.query)].map(([name, { schema, isRequired }]) => ({
    name,
    in: 'query',
    required: isRequired,
    ...('description' in schema ? { description: schema['description'] } : {}),
    schema,
  }));
}

function requestBody(route: HttpRoute): Json {
  if (route.request?.body !== undefined) {
    const schema = jsonSchema(route.request.body, 'input');
    return { requestBody: { required: true, content: { 'application/json': { schema } } } };
  }
  if (route.stream !== true || route.method === 'GET') return {};
  return { requestBody: { content: { '*/*': { schema: { type: 'string', format: 'binary' } } } } };
}

function answerContent(route: HttpRoute): Json {
  if (route.produces !== undefined) return { content: { [route.produces]: { schema: { type: 'string' } } } };
  if (route.response === undefined || route.response === null) return {};
  return { content: { 'application/json': { schema: jsonSchema(route.response, 'output') } } };
}

function properties(schema: ZodType | undefined): Map<string, { schema: Json; isRequired: boolean }> {
  if (schema === undefined) return new Map();
  const json = jsonSchema(schema, 'input');
  const required = new Set((json['required'] as string[] | undefined) ?? []);
  const shapes = Object.entries((json['properties'] as Record<string, Json> | undefined) ?? {});
  return new Map(shapes.map(([name, shape]) => [name, { schema: shape, isRequired: required.has(name) }]));
}

function jsonSchema(schema: ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}
