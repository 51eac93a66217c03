import { failureFields } from './failure-fields.js';
import { memoryFields } from './memory-fields.js';
import { processFields } from './process-fields.js';
import { programFields } from './program-fields.js';

/** Fields of Firefox and its relatives (socorro.md section 3.5 and appendix B). */
export const mozillaFields = [...programFields, ...failureFields, ...processFields, ...memoryFields];
