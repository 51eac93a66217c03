import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { annotation } from '../annotation.js';

/** Which part of the program sent the report. The older annotation, that of the infobar alone, wins. */
export const submittedFromRule: ProcessingRule = {
  id: 'mozilla/submitted-from',
  title: 'Where it was submitted from',
  version: 1,
  reads: [],
  writes: ['submitted_from', 'submitted_from_infobar'],
  apply({ raw }) {
    const infobar = annotation(raw.annotations, 'SubmittedFromInfobar');
    const isInfobar = infobar !== null && ['1', 'true'].includes(infobar.toLowerCase());
    const fallback = annotation(raw.annotations, 'SubmittedFrom') ?? 'Unknown';
    const from = infobar === null ? fallback : isInfobar ? 'Infobar' : 'Unknown';
    return { patch: { submitted_from: from, submitted_from_infobar: from === 'Infobar' } };
  },
};
