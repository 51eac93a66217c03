import type { AnnotationField, FieldDefinition } from '@faultline/sdk';

/** The fields that name an annotation, as rules get them. */
export function annotationFieldsOf(definitions: readonly FieldDefinition[]): AnnotationField[] {
  return definitions.flatMap(({ id, type, annotation, default: fallback }) => {
    if (annotation === undefined) return [];
    return [{ name: id, type, annotation, ...(fallback === undefined ? {} : { default: fallback }) }];
  });
}
