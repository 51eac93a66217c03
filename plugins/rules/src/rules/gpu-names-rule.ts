import { annotationFields, type ProcessingRule } from '@faultline/sdk/processing-rule';
import type { JsonValue } from '@faultline/sdk';
import { annotationText } from '../annotation.js';
import { PciNames } from '../pci-ids/pci-names.js';

/** Names of the graphics adapter's vendor and model, from the operator's copy of pci.ids. */
export function gpuNamesRule(pciIds: string): ProcessingRule {
  let names: PciNames | null = null;
  return {
    id: 'rules/gpu-names',
    title: 'Names of the graphics adapter',
    version: 1,
    reads: [annotationFields],
    writes: ['adapter_vendor_name', 'adapter_device_name'],
    applies: () => pciIds !== '',
    apply({ raw, processed }) {
      names ??= new PciNames(pciIds);
      // Crashpad's and Chromium's clients have names of their own for the ids.
      const vendor = idOf(processed['adapter_vendor_id']) || idOf(annotationText(raw, 'gpu-venid'));
      const device = idOf(processed['adapter_device_id']) || idOf(annotationText(raw, 'gpu-devid'));
      return {
        patch: {
          adapter_vendor_name: names.vendor(vendor) ?? undefined,
          adapter_device_name: names.device(vendor, device) ?? undefined,
        },
      };
    },
  };
}

/** `0x10de`, `10DE`, `0x000010de`: four lower-case hex digits; "" for anything else. */
function idOf(value: JsonValue | undefined): string {
  const digits = /^(?:0x)?0*([0-9a-f]{1,4})$/i.exec(typeof value === 'string' ? value.trim() : '')?.[1];
  return digits === undefined ? '' : digits.toLowerCase().padStart(4, '0');
}
