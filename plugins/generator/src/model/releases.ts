/** Made-up programs, their channels, and versions that take over from each other. */
import { Chance } from './chance.js';
import { Weighted } from './weighted.js';

export interface Product {
  name: string;
  vendor: string;
  /** Part of all crashes. */
  share: number;
  isMobile: boolean;
}

export interface Release {
  product: Product;
  channel: string;
  version: string;
  major: number;
  /** Build id, `yyyymmddhhmmss`. */
  build: string;
  /** Days since 1970. */
  day: number;
}

const products: readonly Product[] = [
  { name: 'Kestrel', vendor: 'Northwind', share: 0.52, isMobile: false },
  { name: 'Kestrel Mobile', vendor: 'Northwind', share: 0.27, isMobile: true },
  { name: 'Lantern', vendor: 'Northwind', share: 0.12, isMobile: false },
  { name: 'Quill', vendor: 'Harbour Works', share: 0.06, isMobile: false },
  { name: 'Quill Pocket', vendor: 'Harbour Works', share: 0.03, isMobile: true },
];

interface Channel {
  name: string;
  share: number;
  /** Days between releases. */
  every: number;
  /** Days until half of the people have a release. */
  uptake: number;
  version(major: number, step: number): string;
}

const channels: readonly Channel[] = [
  {
    name: 'release',
    share: 0.66,
    every: 14,
    uptake: 4,
    version: (major, step) => `${major}.0${step === 0 ? '' : `.${step}`}`,
  },
  { name: 'beta', share: 0.16, every: 3, uptake: 1.5, version: (major, step) => `${major + 1}.0b${step + 1}` },
  { name: 'nightly', share: 0.1, every: 1, uptake: 0.7, version: (major) => `${major + 2}.0a1` },
  {
    name: 'esr',
    share: 0.08,
    every: 28,
    uptake: 9,
    version: (major, step) => `${major - (major % 13)}.${(major % 13) + step}.0esr`,
  },
];

/** Days that a major version lasts. */
const cycle = 28;

/** All releases that somebody may still have between two days. */
export function releasesBetween(first: number, last: number): Release[] {
  const releases: Release[] = [];
  for (const product of products) {
    for (const channel of channels) {
      for (let day = first - 3 * cycle - (first % channel.every); day <= last; day += channel.every) {
        const major = 100 + Math.floor((day - 20_000) / cycle);
        const step = Math.floor((day % cycle) / channel.every);
        const chance = new Chance(`${product.name} ${channel.name} ${day}`);
        const date = new Date(day * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
        const build = `${date}${digits(chance.below(24))}${digits(chance.below(60))}${digits(chance.below(60))}`;
        releases.push({ product, channel: channel.name, version: channel.version(major, step), major, build, day });
      }
    }
  }
  return releases;
}

function digits(number: number): string {
  return String(number).padStart(2, '0');
}

/** What people had on a day: new releases rise, old ones fall and keep a tail. */
export function adoptionOn(day: number, releases: readonly Release[]): Weighted<Release> {
  const alive = releases.filter((release) => release.day <= day);
  const weights = alive.map((release) => {
    const channel = channels.find(({ name }) => name === release.channel);
    const age = (day - release.day + 0.5) / (channel?.uptake ?? 1);
    const sinceNext = Math.max(0, day - release.day - (channel?.every ?? 1)) / (channel?.uptake ?? 1);
    return (
      release.product.share *
      (channel?.share ?? 0) *
      (1 - Math.exp(-age * 0.7)) *
      (Math.exp(-sinceNext * 0.9) + 0.004 / (1 + age / 30))
    );
  });
  return new Weighted(alive, weights);
}
