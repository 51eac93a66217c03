import type { FieldPatch, ProcessingRule } from '@faultline/sdk/processing-rule';
import { annotation } from '../annotation.js';

/** What the probabilistic heap checker (PHC) saw: a use after free or an overrun, with the stacks that say whose. */
export const heapCheckerRule: ProcessingRule = {
  id: 'mozilla/heap-checker',
  title: 'Probabilistic heap checker',
  version: 1,
  reads: [],
  writes: ['phc_kind', 'phc_base_address', 'phc_usable_size', 'phc_alloc_stack', 'phc_free_stack'],
  applies: ({ raw }) => annotation(raw.annotations, 'PHCKind') !== null,
  apply({ raw }) {
    const said = (name: string) => annotation(raw.annotations, name) ?? undefined;
    const patch: FieldPatch = {
      phc_kind: said('PHCKind'),
      phc_alloc_stack: said('PHCAllocStack'),
      phc_free_stack: said('PHCFreeStack'),
    };
    const notes: string[] = [];
    const address = decimal(said('PHCBaseAddress'));
    const size = decimal(said('PHCUsableSize'));
    if (address !== null) patch['phc_base_address'] = `0x${address.toString(16)}`;
    if (size !== null && size <= Number.MAX_SAFE_INTEGER) patch['phc_usable_size'] = Number(size);
    if (address === null && said('PHCBaseAddress') !== undefined) notes.push('PHCBaseAddress has a non-int value');
    if (patch['phc_usable_size'] === undefined && said('PHCUsableSize') !== undefined) {
      notes.push('PHCUsableSize has a non-int value');
    }
    return { patch, notes };
  },
};

/** Addresses go beyond 2^53. */
function decimal(text: string | undefined): bigint | null {
  return text !== undefined && /^\s*\d{1,20}\s*$/.test(text) ? BigInt(text.trim()) : null;
}
