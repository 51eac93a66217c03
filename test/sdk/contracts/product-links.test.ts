import { sourceLink } from '@faultline/sdk';
import { fillLink, ProductSettings } from '@faultline/sdk/product-catalog';
import { describe, expect, it } from 'vitest';

describe('fillLink', () => {
  it('encodes values for an address and leaves out what is unknown', () => {
    const template = 'https://tickets.example/new?t={title}&v={version}&x={nonsense}';
    expect(fillLink(template, { title: 'a & b <script>', version: undefined })).toBe(
      'https://tickets.example/new?t=a%20%26%20b%20%3Cscript%3E&v=&x=',
    );
  });

  it('gives only web addresses, whatever a report holds', () => {
    expect(fillLink('{url}', { url: 'javascript:alert(1)' })).toBeNull();
    expect(fillLink('javascript:alert("{title}")', { title: 'x' })).toBeNull();
    expect(fillLink('https://{title}/', { title: 'evil.example/path' })).toBeNull();
    expect(fillLink('https://tickets.example/{__proto__}', {})).toBe('https://tickets.example/');
  });
});

describe('sourceLink', () => {
  const links = [
    { prefix: 'hg:hg.example/central:', url: 'https://hg.example/central/file/{revision}/{path}#l{line}' },
    { prefix: 'C:\\build\\', url: 'https://git.example/blob/main/{path}#L{line}' },
  ];

  it('reads the revision from the file as symbol files hold it', () => {
    expect(sourceLink({ file: 'hg:hg.example/central:dom/a b.cpp:1f2e', line: 7 }, links)).toBe(
      'https://hg.example/central/file/1f2e/dom/a%20b.cpp#l7',
    );
  });

  it('takes plain paths, whichever way their slashes lean', () => {
    expect(sourceLink({ file: 'C:\\build\\src\\main.c', line: null }, links)).toBe(
      'https://git.example/blob/main/src/main.c',
    );
  });

  it('is null for a file that no link covers', () => {
    expect(sourceLink({ file: '/usr/include/stdio.h', line: 1 }, links)).toBeNull();
  });
});

describe('ProductSettings', () => {
  it('fills in what is left out', () => {
    expect(ProductSettings.parse({ name: 'Fenix' })).toMatchObject({
      accepted: true,
      featuredVersions: ['auto'],
      retention: { crashDays: null, dumpDays: null },
    });
  });

  it('refuses what it does not know, and what would not fit a key', () => {
    expect(ProductSettings.safeParse({ name: 'Fenix', colour: 'red' }).success).toBe(false);
    expect(ProductSettings.safeParse({ name: 'x'.repeat(101) }).success).toBe(false);
  });
});
