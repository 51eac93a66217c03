/** What people's machines are: systems, processors, graphics cards, memory. */
import type { Chance } from './chance.js';
import { Weighted } from './weighted.js';

export const systemNames = ['Windows NT', 'Android', 'Mac OS X', 'Linux'] as const;
export type SystemName = (typeof systemNames)[number];

export interface System {
  name: SystemName;
  version: string;
  pretty: string;
}

const desktopSystems = new Weighted<System>(
  [
    { name: 'Windows NT', version: '10.0.26100', pretty: 'Windows 11' },
    { name: 'Windows NT', version: '10.0.22631', pretty: 'Windows 11' },
    { name: 'Windows NT', version: '10.0.19045', pretty: 'Windows 10' },
    { name: 'Windows NT', version: '6.1.7601', pretty: 'Windows 7' },
    { name: 'Mac OS X', version: '15.1.0', pretty: 'macOS 15' },
    { name: 'Mac OS X', version: '14.7.1', pretty: 'macOS 14' },
    { name: 'Mac OS X', version: '10.15.7', pretty: 'OS X 10.15' },
    { name: 'Linux', version: '6.8.0', pretty: 'Linux' },
    { name: 'Linux', version: '5.15.0', pretty: 'Linux' },
  ],
  [28, 14, 26, 3, 6, 5, 2, 7, 4],
);
const phoneSystems = new Weighted<System>(
  ['15', '14', '13', '12', '11', '10'].map((version) => ({ name: 'Android', version, pretty: `Android ${version}` })),
  [22, 30, 20, 13, 9, 6],
);

export interface Gpu {
  vendor: string;
  device: string;
  driver: string;
  subsystem: string;
}

const gpuVendors = ['0x10de', '0x8086', '0x1002'] as const;

export function systemOf(chance: Chance, isMobile: boolean): System {
  return (isMobile ? phoneSystems : desktopSystems).pick(chance);
}

/** A system of one name; the first there is for it. */
export function systemNamed(chance: Chance, name: SystemName): System {
  for (let tries = 0; tries < 12; tries++) {
    const system = systemOf(chance, name === 'Android');
    if (system.name === name) return system;
  }
  return { name, version: '', pretty: name };
}

/** @param vendor number of a vendor that it must be of; null for any */
export function gpuOf(chance: Chance, vendor: number | null): Gpu {
  const number = vendor ?? chance.low(gpuVendors.length);
  const model = chance.low(60);
  return {
    vendor: gpuVendors[number] ?? gpuVendors[0],
    device: `0x${(0x1000 + number * 0x400 + model * 7).toString(16)}`,
    driver: `${20 + number * 7}.${model % 9}.${chance.low(12)}.${1000 + chance.low(30) * 11}`,
    subsystem: `${(0x10000000 + model * 0x10001).toString(16)}`,
  };
}

export interface Processor {
  arch: string;
  info: string;
  count: number;
}

export function processorOf(chance: Chance, system: System): Processor {
  const isArm = system.name === 'Android' ? chance.happens(0.9) : system.name === 'Mac OS X' && chance.happens(0.6);
  if (isArm) return { arch: 'arm64', info: `ARMv8 part ${chance.low(40)}`, count: chance.pick([4, 8, 8, 10]) };
  const arch = chance.happens(0.06) ? 'x86' : 'amd64';
  const maker = chance.happens(0.65) ? 'GenuineIntel' : 'AuthenticAMD';
  const info = `${maker} family ${chance.pick([6, 6, 23, 25])} model ${chance.low(160)} stepping ${chance.low(12)}`;
  return { arch, info, count: chance.pick([2, 4, 8, 8, 12, 16, 24]) };
}
