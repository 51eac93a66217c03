import type { ProcessingRule } from '@faultline/sdk/processing-rule';

/** Socorro's other name of the crash id, which its scripts read. */
export const uuidRule: ProcessingRule = {
  id: 'mozilla/uuid',
  title: 'Crash id under the name uuid',
  version: 1,
  reads: [],
  writes: ['uuid'],
  apply: ({ crashId }) => ({ patch: { uuid: crashId } }),
};
