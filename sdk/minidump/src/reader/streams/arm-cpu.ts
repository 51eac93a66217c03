/** Implementer byte of the ARM main id register. */
const vendors = new Map([
  [0x41, 'ARM'],
  [0x51, 'Qualcomm'],
  [0x56, 'Marvell'],
  [0x69, 'Intel/Marvell'],
]);

/** Implementer and part number of the main id register, as the ARM manuals list them. */
const parts = new Map([
  [0x4100c050, 'Cortex-A5'],
  [0x4100c080, 'Cortex-A8'],
  [0x4100c090, 'Cortex-A9'],
  [0x4100c0f0, 'Cortex-A15'],
  [0x4100c140, 'Cortex-R4'],
  [0x4100c150, 'Cortex-R5'],
  [0x4100b360, 'ARM1136'],
  [0x4100b560, 'ARM1156'],
  [0x4100b760, 'ARM1176'],
  [0x4100b020, 'ARM11-MPCore'],
  [0x41009260, 'ARM926'],
  [0x41009460, 'ARM946'],
  [0x41009660, 'ARM966'],
  [0x510006f0, 'Krait'],
  [0x510000f0, 'Scorpion'],
]);

/** HWCAP bits 0 to 18 of asm/hwcap.h, in bit order. */
const features = [
  'swp',
  'half',
  'thumb',
  '26bit',
  'fastmult',
  'fpa',
  'vfpv2',
  'edsp',
  'java',
  'iwmmxt',
  'crunch',
  'thumbee',
  'neon',
  'vfpv3',
  'vfpv3d16',
  'tls',
  'vfpv4',
  'idiva',
  'idivt',
];

/** Bits that the kernel defines: 0 to 21. */
const knownBits = 0x3f_ffff;

/**
 * An ARM core in words: "ARMv7 ARM Cortex-A9 features: half,thumb".
 * @param level architecture version
 * @param mainId main id register, 0 when unknown
 * @param capabilities the kernel's HWCAP bits
 */
export function describeArm(level: number, mainId: number, capabilities: number): string {
  let text = `ARMv${level}`;
  if (mainId !== 0) {
    const vendor = mainId >>> 24;
    const part = (mainId & 0xff00fff0) >>> 0;
    text += ` ${vendors.get(vendor) ?? `vendor(0x${vendor.toString(16)})`}`;
    text += ` ${parts.get(part) ?? `part(0x${part.toString(16)})`}`;
  }
  if ((capabilities & knownBits) === 0) return text;
  return `${text} features: ${features.filter((_, bit) => (capabilities >>> bit) & 1).join(',')}`;
}
