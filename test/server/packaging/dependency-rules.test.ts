import { describe, expect, it } from 'vitest';

interface Lock {
  packages: Record<string, object>;
}
type Rule = (lock: Lock) => string[];

// The check is plain JavaScript, which runs before anything is built.
const { unsealed, loose, unreadScripts, unknownLicences, knownHoles } = (await import(
  new URL('../../check/dependency-rules.js', import.meta.url).href
)) as Record<'unsealed' | 'loose' | 'unreadScripts' | 'unknownLicences', Rule> & {
  knownHoles(lock: Lock, holes: object[]): string[];
};

const good = { version: '1.2.3', license: 'MIT', integrity: `sha512-${'a'.repeat(86)}==` };
const lockOf = (entry: object, more: Record<string, object> = {}) => ({
  packages: { '': { dependencies: { kettle: '1.2.3' } }, 'node_modules/kettle': { ...good, ...entry }, ...more },
});

describe('the rules for what others wrote', () => {
  it('find nothing where all is well', () => {
    const lock = lockOf({ resolved: 'https://registry.example/kettle/-/kettle-1.2.3.tgz' });
    for (const rule of [unsealed, loose, unreadScripts, unknownLicences]) expect(rule(lock)).toEqual([]);
  });

  it('want a checksum, and a registry', () => {
    expect(unsealed(lockOf({ integrity: undefined }))).toHaveLength(1);
    expect(unsealed(lockOf({ integrity: 'sha1-abc' }))).toHaveLength(1);
    for (const resolved of [
      'git+ssh://git@example.org/kettle.git#1',
      'http://example.org/kettle.tgz',
      'file:../kettle',
    ]) {
      expect(unsealed(lockOf({ resolved }))).toEqual([expect.stringContaining(resolved) as string]);
    }
  });

  it('want exact versions, and those of the lock', () => {
    expect(loose(lockOf({ version: '1.2.4' }))).toEqual([expect.stringContaining('has 1.2.4') as string]);
    const ranged = lockOf({}, { 'plugins/tea': { devDependencies: { kettle: '^1.2.3' } } });
    expect(loose(ranged)).toEqual([expect.stringContaining('plugins/tea/package.json: kettle is "^1.2.3"') as string]);
  });

  it('stop at scripts that nobody read, and at strange licences', () => {
    expect(unreadScripts(lockOf({ hasInstallScript: true }))).toHaveLength(1);
    expect(unreadScripts({ packages: { 'node_modules/lmdb': { ...good, hasInstallScript: true } } })).toEqual([]);
    expect(unknownLicences(lockOf({ license: 'AGPL-3.0-only' }))).toHaveLength(1);
    expect(unknownLicences(lockOf({ license: undefined }))).toHaveLength(1);
    expect(unknownLicences(lockOf({ license: '(AGPL-3.0-only OR MIT)' }))).toEqual([]);
  });

  it('know versions that are bad', () => {
    const hole = { id: 'CVE-1', what: 'boils over' };
    const find = (version: string, range: object): number =>
      knownHoles(lockOf({ version }), [{ name: 'kettle', ...hole, ...range }]).length;
    expect(find('1.2.3', { before: '1.2.4' })).toBe(1);
    expect(find('1.2.4-beta.1', { before: '1.2.4' })).toBe(1);
    expect(find('1.2.4', { before: '1.2.4' })).toBe(0);
    expect(find('1.10.0', { before: '1.9.0' })).toBe(0);
    expect(find('0.9.0', { from: '1.0.0', before: '1.2.4' })).toBe(0);
    expect(find('1.2.3', { versions: ['1.2.3'] })).toBe(1);
  });
});
