import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { annotation } from '../annotation.js';

/** Whether accessibility services were in use. */
export const accessibilityRule: ProcessingRule = {
  id: 'mozilla/accessibility',
  title: 'Accessibility',
  version: 1,
  reads: [],
  writes: ['accessibility'],
  apply: ({ raw }) => ({ patch: { accessibility: annotation(raw.annotations, 'Accessibility') === 'Active' } }),
};
