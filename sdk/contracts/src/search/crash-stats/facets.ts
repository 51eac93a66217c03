/**
 * What Crash Stats calls aggregations: `_facets=<what>`, `_aggs.<field>[.<field>...]=<what>` and
 * `_histogram.<field>=<what>`, where what is a field, `_cardinality.<field>` or `_histogram.<field>`. Those of one
 * path are joined. Keys of the answer are the field's name as asked, `cardinality_<field>` and `histogram_<field>`.
 */
import type { FieldDefinition } from '../../field-definition.js';
import type { FacetRequest } from '../../search-query.js';
import { valueKind } from '../indexed-values.js';
import { searchBounds } from '../search-bounds.js';
import { tooLarge } from '../search-error.js';
import type { SearchFields } from '../search-fields.js';
import { badArgument, unknownParameterField, type ParameterPlace } from './mistake.js';

type Interval = Extract<FacetRequest, { kind: 'histogram' }>['interval'];
type Kind = 'terms' | 'cardinality' | 'histogram';

interface FacetNode {
  kind: Kind;
  /** As asked for. */
  name: string;
  field: FieldDefinition;
  nested: Map<string, FacetNode>;
}

/** Calendar steps under the names that Elasticsearch takes. */
const intervals: Readonly<Record<string, 'hour' | 'day' | 'week' | 'month'>> = {
  hour: 'hour',
  '1h': 'hour',
  day: 'day',
  '1d': 'day',
  week: 'week',
  '1w': 'week',
  month: 'month',
  '1M': 'month',
};

export class CrashStatsFacets {
  private readonly roots = new Map<string, FacetNode>();
  private readonly intervals = new Map<string, Interval>();
  private count = 0;

  /** @param isHidden names to leave out without a word */
  constructor(
    private readonly fields: SearchFields,
    private readonly isHidden: (name: string) => boolean,
  ) {}

  /** `_facets=what` */
  add(what: string, place: ParameterPlace): void {
    this.insert([what], place);
  }

  /** `_aggs.product.version=what`; `path` is behind `_aggs.` */
  addNested(path: string, what: string, place: ParameterPlace): void {
    this.insert([...path.split('.'), what], place);
  }

  /** `_histogram.date=what` */
  addHistogram(field: string, what: string, place: ParameterPlace): void {
    this.insert([`_histogram.${field}`, what], place);
  }

  /** `_histogram_interval.date=hour` */
  setInterval(name: string, text: string, place: ParameterPlace): void {
    const field = this.field(name, place);
    if (field === null) return;
    const width = Number(text);
    const interval = field.type === 'date' ? intervals[text] : width > 0 && Number.isFinite(width) ? width : undefined;
    if (interval === undefined) {
      const wanted = field.type === 'date' ? 'hour, day, week or month' : 'a number above 0';
      const message = `Bad value for parameter ${place.parameter}: "${text.slice(0, 80)}" is not ${wanted}.`;
      throw badArgument('SEARCH_VALUE_INVALID', place, message);
    }
    this.intervals.set(field.id, interval);
  }

  /** @param size of every terms facet; 0 for no facets at all */
  requests(size: number): FacetRequest[] {
    return size === 0 ? [] : this.requestsOf(this.roots, size);
  }

  private requestsOf(nodes: ReadonlyMap<string, FacetNode>, size: number): FacetRequest[] {
    return [...nodes].map(([name, { kind, name: field, field: definition, nested }]): FacetRequest => {
      if (kind === 'cardinality') return { kind, name, field };
      const facets = nested.size === 0 ? {} : { facets: this.requestsOf(nested, size) };
      if (kind === 'terms') return { kind, name, field, size, ...facets };
      const interval = this.intervals.get(definition.id) ?? (definition.type === 'date' ? 'day' : 1);
      return { kind, name, field, interval, ...facets };
    });
  }

  private insert(path: readonly string[], place: ParameterPlace): void {
    if (path.length > searchBounds.facetDepth) {
      throw tooLarge('levels of facets', searchBounds.facetDepth, { place: place.parameter.slice(0, 80) });
    }
    let nodes = this.roots;
    for (const [depth, step] of path.entries()) {
      const node = this.node(step, place);
      if (node === null) return;
      if (depth < path.length - 1 && node.kind === 'cardinality') {
        throw badArgument('SEARCH_VALUE_INVALID', place, 'Nothing can be counted inside of a cardinality.');
      }
      const key = node.kind === 'terms' ? node.name : `${node.kind}_${node.name}`;
      const known = nodes.get(key);
      if (known === undefined && ++this.count > searchBounds.facets) {
        throw tooLarge('facets', searchBounds.facets, { place: place.parameter.slice(0, 80) });
      }
      const kept = known ?? node;
      nodes.set(key, kept);
      nodes = kept.nested;
    }
  }

  private node(step: string, place: ParameterPlace): FacetNode | null {
    const special = /^_(cardinality|histogram)\.(.*)$/.exec(step);
    const kind: Kind = special === null ? 'terms' : special[1] === 'histogram' ? 'histogram' : 'cardinality';
    const name = special?.[2] ?? step;
    const field = this.field(name, place);
    if (field === null) return null;
    if (kind === 'histogram' && (valueKind(field.type) !== 'number' || field.type === 'boolean')) {
      const message = `Bad value for parameter ${place.parameter}: "${name}" has no numbers or dates for a histogram.`;
      throw badArgument('SEARCH_OPERATOR_INVALID', place, message);
    }
    return { kind, name, field, nested: new Map() };
  }

  private field(name: string, place: ParameterPlace): FieldDefinition | null {
    const field = this.fields.get(name);
    if (field !== undefined) return field;
    if (this.isHidden(name)) return null;
    throw unknownParameterField(name, this.fields, place);
  }
}
