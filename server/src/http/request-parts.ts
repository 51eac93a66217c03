import bodyParser from '@koa/bodyparser';
import { FaultlineError, type HttpRoute } from '@faultline/sdk';
import type { Context } from 'koa';
import type { ZodType } from 'zod';

/** Largest JSON body; what is larger belongs in a stream route. */
const largestBody = 1024 * 1024;

const parseJson = bodyParser({
  enableTypes: ['json'],
  jsonLimit: largestBody,
  jsonStrict: false,
  onError(error) {
    const isTooLarge = 'type' in error && error.type === 'entity.too.large';
    if (isTooLarge)
      throw new FaultlineError('TooLarge', 'BODY_TOO_LARGE', `The body is larger than ${largestBody} bytes.`);
    throw new FaultlineError('Malformed', 'BODY_NOT_JSON', 'The body is not valid JSON.', { cause: error });
  },
});

/** A route's parameters, query and body by its schemas. Throws `Malformed REQUEST_INVALID` that names the place. */
export async function requestParts(
  route: HttpRoute,
  context: Context,
  params: Record<string, string>,
): Promise<{ params: unknown; query: unknown; body: unknown }> {
  const schemas = route.request ?? {};
  return {
    params: checked('path', schemas.params, params),
    query: checked('query', schemas.query, { ...context.query }),
    body: schemas.body === undefined ? undefined : checked('body', schemas.body, await jsonBody(context)),
  };
}

async function jsonBody(context: Context): Promise<unknown> {
  if (!context.request.is('json')) {
    throw new FaultlineError('Unsupported', 'BODY_TYPE', 'The body must be JSON.', {
      hint: 'Send it with the header content-type: application/json.',
    });
  }
  await parseJson(context, () => Promise.resolve());
  return context.request.body;
}

function checked(place: string, schema: ZodType | undefined, value: unknown): unknown {
  if (schema === undefined) return value;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 10).map((issue) => ({
    place: [place, ...issue.path].join('.'),
    message: issue.message,
  }));
  const [first] = issues;
  throw new FaultlineError(
    'Malformed',
    'REQUEST_INVALID',
    `${first?.place ?? place}: ${first?.message ?? 'not valid'}.`,
    {
      hint: 'GET /api/v1/openapi.json describes what each path takes.',
      details: { issues },
    },
  );
}
