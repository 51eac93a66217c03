import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { annotation } from '../annotation.js';

/** What a utility process was doing. */
export const utilityActorsRule: ProcessingRule = {
  id: 'mozilla/utility-actors',
  title: 'Actors of a utility process',
  version: 1,
  reads: [],
  writes: ['utility_actors_name'],
  applies: ({ raw }) => annotation(raw.annotations, 'UtilityActorsName') !== null,
  apply({ raw }) {
    const names = (annotation(raw.annotations, 'UtilityActorsName') ?? '').split(',', 1000).map((name) => name.trim());
    return { patch: { utility_actors_name: names.filter((name) => name !== '') } };
  },
};
