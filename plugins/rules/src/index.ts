import { definePlugin, FieldDefinition } from '@faultline/sdk';
import { crashFields } from './fields/crash-fields.js';
import { dumpFields } from './fields/dump-fields.js';
import { identityFields } from './fields/identity-fields.js';
import { personFields } from './fields/person-fields.js';
import { processingFields } from './fields/processing-fields.js';
import { systemFields } from './fields/system-fields.js';
import { timeFields } from './fields/time-fields.js';

const fields = [
  ...identityFields,
  ...timeFields,
  ...crashFields,
  ...systemFields,
  ...personFields,
  ...processingFields,
  ...dumpFields,
];

/** The rules themselves run in the rules' worker: see `rules.ts`. */
export default definePlugin({
  activate(context) {
    for (const field of fields) context.contribute(FieldDefinition, field);
  },
});
