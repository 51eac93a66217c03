import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { stackwalkJson } from '../stackwalk-json.js';

/** Signs that the machine, not the program, may be at fault. */
export const hardwareHintsRule: ProcessingRule = {
  id: 'rules/hardware-hints',
  title: 'Bit flips, inconsistencies, guard pages',
  version: 1,
  reads: ['json_dump'],
  writes: ['possible_bit_flips_max_confidence', 'crash_inconsistencies', 'has_guard_page_access'],
  applies: ({ processed }) => stackwalkJson(processed)?.crash_info !== undefined,
  apply({ processed }) {
    const info = stackwalkJson(processed)?.crash_info ?? {};
    const flips = (info.possible_bit_flips ?? []).map((flip) => flip.confidence ?? 0);
    const inconsistencies = info.crash_inconsistencies ?? [];
    const hitsGuardPage = (info.memory_accesses ?? []).some((access) => access.is_likely_guard_page === true);
    return {
      patch: {
        possible_bit_flips_max_confidence: flips.length === 0 ? undefined : Math.trunc(Math.max(...flips) * 100),
        crash_inconsistencies: inconsistencies.length === 0 ? undefined : inconsistencies,
        has_guard_page_access: hitsGuardPage ? true : undefined,
      },
    };
  },
};
