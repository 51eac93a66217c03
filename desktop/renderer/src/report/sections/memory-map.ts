import { t } from '../../i18n/i18n.js';
import type { StackReport } from '../../reading/stack-model.js';

/** A stretch of addresses that is known. */
export interface MemoryRegion {
  from: string;
  to: string;
  name: string;
  /** The address of the crash lies in it. */
  holdsCrash: boolean;
}

const mostRegions = 4000;

/** Loaded and unloaded modules by address; what lies between them the walk does not tell. */
export function memoryMap(stack: StackReport | null): MemoryRegion[] {
  if (stack === null) return [];
  const crash = address(stack.address);
  const regions = [
    ...stack.modules.map(({ base, end, filename }) => ({ from: base, to: end, name: filename })),
    ...stack.unloadedModules.map(({ base, end, filename }) => ({
      from: base,
      to: end,
      name: t('report.memory.unloaded', { name: filename }),
    })),
  ];
  return regions
    .flatMap((region) => {
      const [from, to] = [address(region.from), address(region.to)];
      if (from === null || to === null) return [];
      return [{ ...region, at: from, holdsCrash: crash !== null && crash >= from && crash < to }];
    })
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .slice(0, mostRegions)
    .map(({ from, to, name, holdsCrash }) => ({ from, to, name, holdsCrash }));
}

function address(written: string): bigint | null {
  return /^0x[0-9a-f]{1,16}$/i.test(written) ? BigInt(written) : null;
}
