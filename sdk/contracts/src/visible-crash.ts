/** What of a crash somebody may see. Every way out goes through here, so that no second opinion can grow. */
import type { FieldDictionary } from './field-definition.js';
import type { ProcessedCrash } from './processed-crash.js';
import { publicStackwalk } from './public-stackwalk.js';
import type { JsonValue } from './raw-crash.js';

/** Who looks. */
export interface Viewer {
  fields: FieldDictionary;
  mayViewProtected: boolean;
}

/** The processed crash by the field dictionary; of stack walks just what is known to say nothing of the user. */
export function visibleProcessed(crash: ProcessedCrash, viewer: Viewer): Record<string, JsonValue> {
  const shown = viewer.fields.redact(crash, viewer.mayViewProtected);
  if (viewer.mayViewProtected) return shown;
  const additional = Array.isArray(crash['additional_minidumps']) ? crash['additional_minidumps'] : [];
  for (const name of additional) {
    const walk = typeof name === 'string' ? shown[name] : undefined;
    if (typeof name === 'string' && walk !== undefined) shown[name] = publicAdditional(walk);
  }
  if (shown['json_dump'] !== undefined) shown['json_dump'] = publicStackwalk(shown['json_dump']);
  return shown;
}

/** An annotation is public when there is a field that is copied from it, and every such field is public. */
export function isPublicAnnotation(name: string, fields: FieldDictionary): boolean {
  const declaring = fields.all().filter(({ annotation }) => annotation === name);
  return declaring.length > 0 && declaring.every(({ permission }) => permission === 'public');
}

/** An additional dump is `{json_dump, ...}`: its stack walk, beside a few facts of the walk itself. */
function publicAdditional(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { json_dump: walk } = value;
  return walk === undefined ? publicStackwalk(value) : { json_dump: publicStackwalk(walk) };
}
