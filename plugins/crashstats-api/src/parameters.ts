import { FaultlineError, type HttpRequest } from '@faultline/sdk';
import { queryOf } from './answers.js';

/** Of a form: ten thousand crash ids are half of it. */
const largestForm = 1024 * 1024;
const mostParameters = 20_000;

export type Parameters = readonly (readonly [string, string])[];

/** Of the query and, for a POST, of the form behind it. Throws `TooLarge BODY_TOO_LARGE`. */
export async function parametersOf(request: HttpRequest): Promise<Parameters> {
  const fromQuery = [...new URLSearchParams(queryOf(request.url))];
  if (request.method !== 'POST') return fromQuery;
  const form = new URLSearchParams((await bodyOf(request, largestForm)).toString('utf8'));
  return [...fromQuery, ...form].slice(0, mostParameters);
}

/** Throws `TooLarge BODY_TOO_LARGE`. */
export async function bodyOf({ stream }: HttpRequest, limit: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > limit) throw new FaultlineError('TooLarge', 'BODY_TOO_LARGE', `The body is larger than ${limit} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function all(parameters: Parameters, name: string): string[] {
  return parameters.filter(([key]) => key === name).map(([, value]) => value);
}

export function first(parameters: Parameters, name: string): string {
  return all(parameters, name)[0] ?? '';
}

/** Throws `Malformed PARAMETER_INVALID`, which names the parameter. */
export function required(parameters: Parameters, name: string): string[] {
  const values = all(parameters, name).filter((value) => value !== '');
  if (values.length > 0) return values;
  throw invalidParameter(name, 'This field is required.');
}

export function invalidParameter(name: string, message: string): FaultlineError {
  return new FaultlineError('Malformed', 'PARAMETER_INVALID', message, { details: { errors: { [name]: [message] } } });
}

/** `Malformed`, answered as "Bad request: BadArgumentError: ...". */
export function badRequest(message: string): FaultlineError {
  return new FaultlineError('Malformed', 'ARGUMENT_INVALID', message);
}
