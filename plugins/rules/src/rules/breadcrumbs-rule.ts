import type { JsonValue } from '@faultline/sdk';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';

/** The newest of a trail; clients keep about a hundred. */
const crumbLimit = 1000;
const textKeys = ['timestamp', 'type', 'category', 'level', 'message'];

/** What the program did before it crashed: a list as JSON, or the same under `values`. */
export const breadcrumbsRule: ProcessingRule = {
  id: 'rules/breadcrumbs',
  title: 'Breadcrumbs',
  version: 1,
  reads: [],
  writes: ['breadcrumbs'],
  applies: ({ raw }) => Object.hasOwn(raw.annotations, 'Breadcrumbs') && raw.annotations['Breadcrumbs'] !== null,
  apply({ raw }) {
    const given = raw.annotations['Breadcrumbs'] ?? null;
    const parsed = typeof given === 'string' ? parse(given) : given;
    if (parsed === undefined) return { notes: ['Breadcrumbs: malformed: not valid json'] };
    const crumbs = isObject(parsed) ? parsed['values'] : parsed;
    if (!Array.isArray(crumbs)) return { notes: ['Breadcrumbs: malformed: no list'] };
    // A trail with a broken crumb is no trail: which one is missing would not be seen.
    if (!crumbs.every(isCrumb)) return { notes: ['Breadcrumbs: malformed: a crumb has a value of the wrong type'] };
    const notes = crumbs.length > crumbLimit ? [`Breadcrumbs: the last ${crumbLimit} were kept`] : [];
    return { patch: { breadcrumbs: crumbs.slice(-crumbLimit) }, notes };
  },
};

function isCrumb(crumb: JsonValue): boolean {
  if (!isObject(crumb)) return false;
  if (textKeys.some((key) => crumb[key] !== undefined && typeof crumb[key] !== 'string')) return false;
  const data = crumb['data'];
  return data === undefined || (isObject(data) && Object.values(data).every((value) => typeof value === 'string'));
}

function isObject(value: JsonValue): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // Noted by the rule.
    return undefined;
  }
}
