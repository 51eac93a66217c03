import type { JsonValue } from '@faultline/sdk/raw-crash';
import { annotationFields, type ProcessingRule, type RuleInput } from '@faultline/sdk/processing-rule';
import { annotation } from '../annotation.js';

/** Who distributed the program: "mozilla" when it says nobody else did, "unknown" when it says nothing. */
export const distributionRule: ProcessingRule = {
  id: 'mozilla/distribution',
  title: 'Distribution',
  version: 1,
  reads: [annotationFields],
  writes: ['distribution_id'],
  apply: (input) => ({ patch: { distribution_id: distribution(input) } }),
};

function distribution({ raw, processed }: RuleInput): string {
  const said = annotation(raw.annotations, 'DistributionID');
  if (said !== null && said !== '') return said;
  const partner = inside(processed['telemetry_environment'], 'partner');
  const id = inside(partner, 'distributionId');
  if (id === undefined) return 'unknown';
  return typeof id === 'string' && id !== '' ? id : 'mozilla';
}

function inside(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
