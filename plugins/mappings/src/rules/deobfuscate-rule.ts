import type { JsonValue } from '@faultline/sdk';
import type { FieldPatch, ProcessingRule, RuleInput } from '@faultline/sdk/processing-rule';
import type { ClassLookup } from '../retrace/retrace-frame.js';
import { looksObfuscated, mappingIdIn, retraceTrace, type RetracedTrace } from '../retrace/retrace-trace.js';
import type { MappingFiles } from './mapping-files.js';
import { retraceException } from './retrace-exception.js';

/** What names the mapping of a crash, in words that an upload is compared with. */
export function wantedMapping(product: string, version: string, build: string): string {
  return `${product}/${version}/${build}`;
}

/**
 * Gives Java stacks their own names back: by the id that R8 wrote into the trace, by an annotation, or by product,
 * version and build. A crash that lacks its mapping says which, and is found again when it comes.
 */
export function deobfuscateRule(files: MappingFiles, annotations: readonly string[]): ProcessingRule {
  return {
    id: 'mappings/deobfuscate',
    title: 'Java stacks with their own names',
    version: 1,
    reads: ['product', 'version', 'build'],
    writes: ['java_stack_trace', 'java_stack_trace_raw', 'java_exception', 'java_mapping', 'java_deobfuscation'],
    after: ['rules/java'],
    budget: 5_000,
    applies: ({ processed }) =>
      typeof processed['java_stack_trace'] === 'string' || processed['java_exception'] != null,
    apply: (input) => deobfuscate(input, files, annotations),
  };
}

function deobfuscate({ raw, processed }: RuleInput, files: MappingFiles, annotations: readonly string[]) {
  const shown = textOf(processed['java_stack_trace']);
  const whole = textOf(processed['java_stack_trace_raw']);
  const named = annotations.map((name) => textOf(raw.annotations[name])).find((value) => value !== '');
  const id = mappingIdIn(whole) ?? mappingIdIn(shown) ?? named ?? null;
  const version = {
    product: textOf(processed['product']),
    version: textOf(processed['version']),
    build: textOf(processed['build']),
  };
  const mapping = (id === null ? null : files.byId(id)) ?? files.byVersion(version);
  if (mapping === null) {
    const isMissing = id !== null || looksObfuscated(whole) || looksObfuscated(shown);
    if (!isMissing) return {};
    const wanted = id ?? wantedMapping(version.product, version.version, version.build);
    return { patch: { java_mapping: wanted, java_deobfuscation: 'missing' }, notes: [`no R8 mapping for ${wanted}`] };
  }
  const patch: FieldPatch = { java_mapping: mapping.id };
  const traces: RetracedTrace[] = [];
  for (const [field, text] of [['java_stack_trace', shown] as const, ['java_stack_trace_raw', whole] as const]) {
    if (text === '') continue;
    const retraced = retraceTrace(text, mapping);
    traces.push(retraced);
    patch[field] = retraced.text;
  }
  const exception = exceptionOf(processed['java_exception'], mapping);
  if (exception !== null) patch['java_exception'] = exception.value;
  const first = traces[0];
  const ambiguous = first?.ambiguous ?? [];
  patch['java_deobfuscation'] = ambiguous.length > 0 ? 'ambiguous' : 'done';
  const renamed = (first?.renamed ?? 0) + (exception?.renamed ?? 0);
  return {
    patch,
    notes: [
      `${renamed} frames renamed by mapping ${mapping.id.slice(0, 12)}`,
      ...ambiguous.slice(0, 5).map(({ frame, alternatives }) => `${frame} may also be ${alternatives.join(', ')}`),
    ],
  };
}

function exceptionOf(value: JsonValue | undefined, classes: ClassLookup): { value: JsonValue; renamed: number } | null {
  return value == null ? null : retraceException(value, classes);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}
