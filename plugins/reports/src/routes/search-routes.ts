import {
  defineRoute,
  type Clock,
  type FieldDictionary,
  type HttpRequest,
  type HttpResponse,
  type HttpRoute,
  type SearchEngine,
} from '@faultline/sdk';
import { FieldList, FieldValueParameters, FieldValues, SearchAnswer, SearchParameters } from '@faultline/sdk/api';
import { isFacetable, isSearchable, searchFields } from '@faultline/sdk/search';
import { z } from 'zod';
import { answerText, isLargeAnswer } from '../answer-text.js';
import type { ProtectedLooks } from '../protected-looks.js';
import { answerSearch } from '../search-request.js';
import { mayViewProtected } from './crash-routes.js';

export function searchRoutes(services: {
  engine: SearchEngine;
  fields: FieldDictionary;
  clock: Clock;
  looks: ProtectedLooks;
}): HttpRoute[] {
  const { engine, fields, clock, looks } = services;
  const answer = async (request: HttpRequest<unknown, z.output<typeof SearchParameters>>): Promise<HttpResponse> => {
    const body = await answerSearch(engine, {
      parameters: request.query,
      fields,
      mayViewProtected: mayViewProtected(request.principal),
      now: clock.now(),
      signal: request.signal,
      look: (names) => looks.atSearch(request.principal, names),
    });
    if (!isLargeAnswer(body)) return { body };
    return { headers: { 'content-type': 'application/json; charset=utf-8' }, body: answerText(body) };
  };
  return [
    defineRoute({
      id: 'reports/search',
      method: 'GET',
      path: '/api/v1/search',
      summary: 'Find crashes, and count them by their fields',
      access: 'reader',
      request: { query: SearchParameters },
      response: SearchAnswer,
      handle: answer,
    }),
    defineRoute({
      id: 'reports/crashes',
      method: 'GET',
      path: '/api/v1/crashes',
      summary: 'The newest crash reports; takes what search takes',
      access: 'reader',
      request: { query: SearchParameters },
      response: SearchAnswer,
      handle: answer,
    }),
    defineRoute({
      id: 'reports/fields',
      method: 'GET',
      path: '/api/v1/fields',
      summary: 'The fields of processed crashes, as far as the caller may see them',
      access: 'reader',
      response: FieldList,
      handle({ principal }) {
        const visible = searchFields(fields.all(), mayViewProtected(principal)).all();
        return {
          body: {
            fields: visible.map((field) => ({
              id: field.id,
              title: field.title,
              type: field.type,
              description: field.description,
              ...(field.unit === undefined ? {} : { unit: field.unit }),
              ...(field.annotation === undefined ? {} : { annotation: field.annotation }),
              permission: field.permission,
              searchable: isSearchable(field),
              facetable: isFacetable(field),
            })),
          },
        };
      },
    }),
    defineRoute({
      id: 'reports/field-values',
      method: 'GET',
      path: '/api/v1/fields/:id/values',
      summary: 'Values of a field that begin as somebody types',
      access: 'reader',
      request: { params: z.strictObject({ id: z.string().min(1).max(100) }), query: FieldValueParameters },
      response: FieldValues,
      async handle({ params, query, principal, signal }) {
        const options = { mayViewProtected: mayViewProtected(principal), signal };
        return { body: { values: await engine.suggest({ field: params.id, ...query }, options) } };
      },
    }),
  ];
}
