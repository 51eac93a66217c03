import { compareBuilds, compareVersions, versionOrders } from '@faultline/signature/version-order';
import { describe, expect, it } from 'vitest';

type Pair = [earlier: string, relation: '<' | '=', later: string];

const pairs: Pair[] = [
  // Dotted numbers
  ['1.0', '<', '2.0'],
  ['1.9', '<', '1.10'],
  ['1.2.3', '<', '1.2.4'],
  ['1.2', '=', '1.2.0'],
  ['1', '=', '1.0.0.0'],
  ['1.2.9', '<', '1.3'],
  ['01.2', '=', '1.2'],
  ['9', '<', '10'],
  ['99.0.1', '<', '100.0'],
  ['2023.4.1', '<', '2024.1.0'],
  ['1.2.3', '<', '1.2.3.1'],
  ['0.9', '<', '1'],
  ['1_2_3', '<', '1_2_10'],
  // Four parts, as Chromium, Electron products and Windows count
  ['120.0.6099.71', '<', '120.0.6099.109'],
  ['120.0.6099.109', '<', '121.0.6167.0'],
  ['10.0.19041.1', '<', '10.0.19041.1288'],
  ['10.0.9200.16384', '<', '10.0.22000.1'],
  ['4.0.0.0', '=', '4.0'],
  // a, b, rc, esr
  ['120.0a1', '<', '120.0a2'],
  ['120.0a1', '<', '120.0b1'],
  ['120.0b1', '<', '120.0b2'],
  ['120.0b9', '<', '120.0b10'],
  ['120.0b0', '<', '120.0b1'],
  ['120.0b99', '<', '120.0'],
  ['120.0rc1', '<', '120.0rc2'],
  ['120.0b9', '<', '120.0rc1'],
  ['120.0rc2', '<', '120.0'],
  ['120.0', '<', '120.0esr'],
  ['115.3.0esr', '<', '115.3.1esr'],
  ['115.3.0esr', '<', '115.4.0'],
  ['120.0a1', '<', '120.0'],
  ['119.0.1', '<', '120.0a1'],
  ['120.0', '<', '120.0.1b1'],
  ['3.6.4build7', '<', '3.6.4build10'],
  // Words, as semver and others write them
  ['1.0.0-alpha', '<', '1.0.0-alpha.1'],
  ['1.0.0-alpha.1', '<', '1.0.0-beta'],
  ['1.0.0-beta.2', '<', '1.0.0-beta.11'],
  ['1.0.0-beta.11', '<', '1.0.0-rc.1'],
  ['1.0.0-rc.1', '<', '1.0.0'],
  ['1.0.0-dev', '<', '1.0.0-nightly.20240131'],
  ['1.0.0-nightly.20240131', '<', '1.0.0-nightly.20240201'],
  ['1.0.0-nightly', '<', '1.0.0-alpha'],
  ['1.0.0-canary.3', '<', '1.0.0-beta.1'],
  ['1.0.0-some-branch', '<', '1.0.0'],
  ['1.0.0-SNAPSHOT', '<', '1.0.0'],
  ['1.0.0.Final', '=', '1.0.0'],
  ['1.0.0', '<', '1.0.0-patch.1'],
  ['1.0 SP1', '<', '1.0 SP2'],
  ['1.0', '<', '1.0 SP1'],
  ['1.0.2', '<', '1.0.2k'],
  ['1.0.2k', '<', '1.0.2l'],
  // Revisions and git describe
  ['1.2.3', '<', '1.2.3-4'],
  ['1.2.3-4', '<', '1.2.3-10'],
  ['1.2.3-4-g1a2b3c4', '<', '1.2.3-5-g0a0b0c0'],
  // Spelling
  ['v1.2.3', '=', '1.2.3'],
  ['Version 2.0', '=', '2.0'],
  ['1.2B3', '=', '1.2b3'],
  [' 1.2 ', '=', '1.2'],
  // Builds
  ['1.2+100', '<', '1.2+101'],
  ['1.2 (999)', '<', '1.2 (1000)'],
  ['1.2', '=', '1.2+20240131'],
  ['1.2+20240131120000', '<', '1.2+20240131120001'],
  // Beyond doubles, and what can't be read
  ['1.9007199254740993', '<', '1.9007199254740994'],
  ['', '<', '0'],
  ['unknown', '<', '0.0.1'],
  ['', '=', 'unknown'],
];

describe('version order', () => {
  it('has a table of at least 60 pairs', () => expect(pairs.length).toBeGreaterThanOrEqual(60));

  it.each(pairs)('%s %s %s', (earlier, relation, later) => {
    expect(Math.sign(compareVersions(earlier, later))).toBe(relation === '<' ? -1 : 0);
    expect(Math.sign(compareVersions(later, earlier))).toBe(relation === '<' ? 1 : 0);
  });

  it('sorts a mixed list the same way from any start', () => {
    const sorted = ['', '1.0-dev', '1.0a1', '1.0b2', '1.0b10', '1.0rc1', '1.0', '1.0esr', '1.0.1', '1.10', '2'];
    expect([...sorted].reverse().sort(compareVersions)).toEqual(sorted);
  });

  it('asks a product that has its own order', () => {
    const overrides = { Reverse: (a: string, b: string) => compareVersions(b, a) };
    expect(compareVersions('1', '2', { product: 'Reverse', overrides })).toBeGreaterThan(0);
    expect(compareVersions('1', '2', { product: 'Other', overrides })).toBeLessThan(0);
    expect(compareVersions('1', '2', { product: 'constructor', overrides })).toBeLessThan(0);
  });

  it('reads a hostile version in no time', () => {
    const start = performance.now();
    compareVersions('1.'.repeat(500_000), `${'('.repeat(500_000)}1`);
    expect(performance.now() - start).toBeLessThan(5000);
  });

  it.each([
    ['20240131093000', '20240201000000', -1],
    ['9', '10', -1],
    ['2024.1.9', '2024.1.10', -1],
    ['1.10', '2.1', -1],
    ['abc', 'abd', -1],
    ['7', '7', 0],
  ])('orders build %s against %s', (a, b, sign) => expect(Math.sign(compareBuilds(a, b))).toBe(sign));
});

describe('orders that a product may name', () => {
  it.each([
    ['semver', '1.2.3-4', '1.2.3', -1],
    ['semver', '1.2.3-4', '1.2.3-10', -1],
    ['semver', '1.2.3-alpha.1', '1.2.3-alpha.beta', -1],
    ['semver', '1.2.3-alpha', '1.2.3-alpha.1', -1],
    ['semver', 'v1.10.0', '1.9.9', 1],
    ['semver', '1.0.0+1', '1.0.0+2', 0],
    ['standard', '1.2.3-4', '1.2.3', 1],
    ['text', '10', '9', -1],
    ['text', 'a', 'a', 0],
  ] as const)('%s: %s against %s', (order, a, b, sign) => {
    expect(Math.sign(versionOrders[order](a, b))).toBe(sign);
  });
});
