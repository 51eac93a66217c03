/** Operating systems that a minidump can name, as rust-minidump spells them; others are their number in hex. */
export const operatingSystems = [
  'Windows NT',
  'Mac OS X',
  'iOS',
  'Linux',
  'Solaris',
  'Android',
  'PS3',
  'NaCl',
  'Fuchsia',
] as const;
export type OperatingSystem = (typeof operatingSystems)[number] | `0x${string}`;
