/** The `facets` parameter: `product:5>version,cardinality(install),histogram(uptime:60)`. */
import type { FieldDefinition } from '@faultline/sdk';
import { searchMistake, unknownField, type SearchFields } from '@faultline/sdk/search';
import type { FacetRequest } from '@faultline/sdk/search-query';

const defaultSize = 20;
const steps = ['hour', 'day', 'week', 'month'] as const;

/** Facets of one beginning are joined. Throws `Malformed SEARCH_FIELD_UNKNOWN | SEARCH_VALUE_INVALID`. */
export function parseFacets(text: string, fields: SearchFields): FacetRequest[] {
  const roots: FacetRequest[] = [];
  for (const path of text.split(',')) {
    if (path.trim() === '') continue;
    let level: FacetRequest[] | undefined = roots;
    for (const part of path.split('>')) {
      // Nothing stands inside of a cardinality.
      if (level === undefined) throw notAFacet(path);
      const facet = parseFacet(part.trim(), fields);
      const known: FacetRequest = level.find(({ name }) => name === facet.name) ?? facet;
      if (known === facet) level.push(facet);
      level = 'facets' in known ? known.facets : undefined;
    }
  }
  return roots.map(withoutEmpty);
}

function parseFacet(text: string, fields: SearchFields): FacetRequest {
  const called = /^(cardinality|histogram)\((.*)\)$/.exec(text);
  const [name = '', ...options] = (called?.[2] ?? text).split(':').map((part) => part.trim());
  const field = fields.get(name);
  if (field === undefined) throw unknownField(name, fields, { place: 'facets' });
  if (called === null) return termsFacet(field, options, text);
  if (called[1] === 'cardinality' && options.length === 0) {
    return { kind: 'cardinality', name: `cardinality_${field.id}`, field: field.id };
  }
  if (called[1] !== 'histogram' || options.length > 1) throw notAFacet(text);
  const interval = intervalOf(field, options[0], text);
  return { kind: 'histogram', name: `histogram_${field.id}`, field: field.id, interval, facets: [] };
}

function termsFacet({ id }: FieldDefinition, options: readonly string[], text: string): FacetRequest {
  const [size = String(defaultSize), missing] = options;
  const isSound = /^\d{1,6}$/.test(size) && options.length <= 2 && (missing === undefined || missing === 'missing');
  if (!isSound) throw notAFacet(text);
  const facet = { kind: 'terms' as const, name: id, field: id, size: Number(size), facets: [] };
  return missing === undefined ? facet : { ...facet, includeMissing: true };
}

function intervalOf(
  field: FieldDefinition,
  text: string | undefined,
  whole: string,
): (typeof steps)[number] | 'magnitude' | number {
  if (field.type === 'date') {
    const step = steps.find((one) => one === (text ?? 'day'));
    if (step !== undefined) return step;
  } else if (text === 'magnitude') {
    return text;
  } else {
    const width = Number(text ?? 1);
    if (width > 0 && Number.isFinite(width)) return width;
  }
  throw notAFacet(whole);
}

function withoutEmpty(facet: FacetRequest): FacetRequest {
  if (!('facets' in facet)) return facet;
  const { facets = [], ...rest } = facet;
  return facets.length === 0 ? rest : { ...rest, facets: facets.map(withoutEmpty) };
}

function notAFacet(text: string): Error {
  return searchMistake(
    'SEARCH_VALUE_INVALID',
    `"${text.slice(0, 80)}" is not a facet.`,
    { place: 'facets' },
    'Write field, field:size, field:size:missing, cardinality(field) or histogram(field:step), nested by ">".',
  );
}
