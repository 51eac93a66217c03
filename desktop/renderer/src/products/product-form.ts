/**
 * A product's settings as a person edits them: lists are lines of text, "" is a number that is not set. What is no number
 * the page's own number fields keep out.
 */
import type { ProductDetail } from '@faultline/sdk/api';

export interface LinkRow {
  /** Label of the link, or beginning of the source files. */
  name: string;
  url: string;
}

export interface ProductForm {
  description: string;
  accepted: boolean;
  /** One a line, as the other lists. */
  aliases: string;
  featuredVersions: string;
  symbolSources: string;
  order: number | '';
  crashDays: number | '';
  dumpDays: number | '';
  sourceLinks: LinkRow[];
  ticketLinks: LinkRow[];
  links: LinkRow[];
}

/** What `PUT /api/v1/products/:name` takes. */
export type ProductBody = Omit<ProductDetail, 'name' | 'isDeclared' | 'version'>;

/** Place of a product that nobody has put anywhere. */
const usualOrder = 100;

/** @param product null for one that is to be added */
export function formOf(product: ProductDetail | null): ProductForm {
  const named = (links: { label: string; url: string }[] = []): LinkRow[] =>
    links.map(({ label, url }) => ({ name: label, url }));
  return {
    description: product?.description ?? '',
    accepted: product?.accepted ?? true,
    aliases: product?.aliases.join('\n') ?? '',
    featuredVersions: product?.featuredVersions.join('\n') ?? 'auto',
    symbolSources: product?.symbolSources.join('\n') ?? '',
    order: product?.order ?? usualOrder,
    crashDays: product?.retention.crashDays ?? '',
    dumpDays: product?.retention.dumpDays ?? '',
    sourceLinks: product?.sourceLinks.map(({ prefix, url }) => ({ name: prefix, url })) ?? [],
    ticketLinks: named(product?.ticketLinks),
    links: named(product?.links),
  };
}

/** Rows without an address and empty lines are left out; the server says what is wrong with the rest. */
export function bodyOf(form: ProductForm): ProductBody {
  const labelled = (rows: LinkRow[]) => filled(rows).map(({ name, url }) => ({ label: name, url }));
  return {
    description: form.description.trim(),
    accepted: form.accepted,
    aliases: linesOf(form.aliases),
    featuredVersions: linesOf(form.featuredVersions),
    order: form.order === '' ? usualOrder : form.order,
    sourceLinks: filled(form.sourceLinks).map(({ name, url }) => ({ prefix: name, url })),
    ticketLinks: labelled(form.ticketLinks),
    links: labelled(form.links),
    retention: { crashDays: daysOf(form.crashDays), dumpDays: daysOf(form.dumpDays) },
    symbolSources: linesOf(form.symbolSources),
  };
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function filled(rows: LinkRow[]): LinkRow[] {
  return rows.map(({ name, url }) => ({ name: name.trim(), url: url.trim() })).filter(({ url }) => url !== '');
}

function daysOf(days: number | ''): number | null {
  return days === '' ? null : days;
}
