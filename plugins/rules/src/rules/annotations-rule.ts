import type { JsonValue } from '@faultline/sdk';
import {
  annotationFields,
  type AnnotationField,
  type FieldPatch,
  type ProcessingRule,
} from '@faultline/sdk/processing-rule';
import { convertAnnotation } from '../convert-annotation.js';

/**
 * Copies annotations into the fields that name them in the field dictionary, converted to each field's type. A value
 * that can't be converted is noted and left out, and never stops the rest. Notes name the field, not the value: a
 * protected value must not show in them.
 */
export const annotationsRule: ProcessingRule = {
  id: 'rules/annotations',
  title: 'Annotations into fields, converted to their types',
  version: 1,
  reads: [],
  writes: [annotationFields],
  apply({ raw, fields }) {
    const patch: FieldPatch = {};
    const notes: string[] = [];
    for (const field of fields) {
      const { value, problem } = convert(raw.annotations, field);
      if (value !== undefined) patch[field.name] = value;
      if (problem !== undefined) notes.push(`${field.annotation} ${problem}`);
    }
    return { patch, notes };
  },
};

function convert(
  annotations: Record<string, JsonValue>,
  field: AnnotationField,
): { value: JsonValue | undefined; problem?: string } {
  const given = Object.hasOwn(annotations, field.annotation) ? annotations[field.annotation] : undefined;
  if (given === undefined || given === null) return { value: field.default };
  const converted = convertAnnotation(given, field.type);
  return 'value' in converted ? { value: converted.value } : { value: field.default, problem: converted.problem };
}
