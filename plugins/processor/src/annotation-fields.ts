import type { AnnotationField, FieldDefinition } from '@faultline/sdk';

const known = new WeakMap<readonly FieldDefinition[], readonly AnnotationField[]>();

/** The fields that name an annotation, as rules get them; the same list for the same definitions. */
export function annotationFieldsOf(definitions: readonly FieldDefinition[]): readonly AnnotationField[] {
  let fields = known.get(definitions);
  if (fields === undefined) {
    fields = definitions.flatMap(({ id, type, annotation, default: fallback }) => {
      if (annotation === undefined) return [];
      return [{ name: id, type, annotation, ...(fallback === undefined ? {} : { default: fallback }) }];
    });
    known.set(definitions, fields);
  }
  return fields;
}
