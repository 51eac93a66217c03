import type { TopCrasher } from '@faultline/sdk/api';
import { describe, expect, it } from 'vitest';
import { firstRelease, firstReleaseShort } from '../../../desktop/renderer/src/top-crashers/first-release.js';
import { rankingCsv } from '../../../desktop/renderer/src/top-crashers/ranking-csv.js';

const crasher: TopCrasher = {
  rank: 1,
  previousRank: null,
  signature: 'Kettle::Boil | main',
  count: 12,
  share: 0.5,
  previousCount: 0,
  previousShare: 0,
  platforms: [
    { term: 'Linux', count: 9 },
    { term: 'Windows NT', count: 3 },
  ],
  processTypes: [],
  installs: null,
  startups: 0,
  garbageCollections: 0,
  firstSeen: '2026-10-25T00:00:00.000Z',
  firstProduct: 'Teapot',
  firstVersion: '117.7.0esr',
  tickets: ['7', '8'],
};

describe('a ranking as a file', () => {
  it('has a title for each cell, first appearances by date, product and version', () => {
    const lines = rankingCsv([crasher], (column) => column).split('\r\n');
    expect(lines).toEqual([
      'rank,before,signature,count,share,previous,installs,first,firstProduct,firstVersion,os,tickets',
      '1,,Kettle::Boil | main,12,0.5,0,,2026-10-25T00:00:00.000Z,Teapot,117.7.0esr,Linux 9; Windows NT 3,7 8',
      '',
    ]);
  });
});

describe('the release that a group came first in', () => {
  it('is a version alone, save beside the groups of another product', () => {
    expect(['', 'Teapot', 'Samovar'].map((looked) => firstReleaseShort(crasher, looked))).toEqual([
      '117.7.0esr',
      '117.7.0esr',
      'Teapot 117.7.0esr',
    ]);
  });

  it('has no room before a version of no product', () => {
    expect(firstRelease({ firstProduct: '', firstVersion: '1.0' })).toBe('1.0');
    expect(firstReleaseShort({ firstProduct: '', firstVersion: '1.0' }, 'Teapot')).toBe('1.0');
  });
});
