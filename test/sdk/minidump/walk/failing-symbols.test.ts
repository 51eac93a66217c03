import { describe, expect, it } from 'vitest';
import { walkJson, walkMinidump, type WalkResult, writeMinidump } from '@faultline/minidump';
import { FaultlineError } from '@faultline/sdk/errors';
import type { ModuleSymbols, SymbolLookup, SymbolProvider } from '@faultline/sdk/module-symbols';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { openSymbolText } from '@faultline/symbols';
import { smallDump } from '../described-dump.js';

const text = 'MODULE Linux x86_64 000000000000000000000000000000000 app\nFUNC 0 10000 0 everything\n';
const good = () => openSymbolText(new TextEncoder().encode(text), 'good');

/** Symbols of which a page is damaged: the second question finds out. */
function damaged(): ModuleSymbols {
  let questions = 0;
  const ask = () => {
    if (questions++ > 0) throw new FaultlineError('Malformed', 'SYMX_CORRUPT', 'A page of damaged is damaged');
    return null;
  };
  return {
    moduleRecord: { os: '', architecture: '', debugId: '', name: '' },
    origin: 'damaged.symx',
    symbolize: ask,
    cfiAt: ask,
    winFramesAt: ask,
    hasFunctionAt: () => true,
  };
}

const found = (symbols: ModuleSymbols): SymbolLookup => ({
  symbols,
  attempts: [{ source: 'folder', location: '/symbols', status: 'found', milliseconds: 1, bytes: 10 }],
  isCorrupt: false,
  url: null,
});

async function walk(symbols: SymbolProvider): Promise<WalkResult> {
  return walkMinidump({ source: bytesSource(await writeMinidump(smallDump)), symbols });
}

const moduleOf = (result: WalkResult) => (walkJson(result)['modules'] as Record<string, unknown>[])[0];

describe('symbols that fail while they are read', () => {
  it('cost their module its symbols, and the look-up tells how', async () => {
    const result = await walk({ find: () => Promise.resolve(found(damaged())) });
    expect(result.threads[0]?.frames).toHaveLength(3);
    expect(result.symbols.get(0)).toMatchObject({
      symbols: null,
      isCorrupt: true,
      attempts: [
        { source: 'folder', status: 'found' },
        { source: 'reading', location: 'damaged.symx', status: 'malformed' },
      ],
    });
    expect(result.symbols.get(0)?.attempts[1]?.reason).toContain('SYMX_CORRUPT');
    expect(result.threads[0]?.summary?.symbolFailures).toMatchObject([{ codeFile: '/bin/app' }]);
    expect(moduleOf(result)).toMatchObject({ loaded_symbols: true, corrupt_symbols: true, missing_symbols: false });
  });

  it('are made anew by a provider that can, within the same walk', async () => {
    let recoveries = 0;
    const result = await walk({
      find: () => Promise.resolve(found(damaged())),
      recover: async () => {
        recoveries += 1;
        return found(await good());
      },
    });
    expect(recoveries).toBe(1);
    expect(result.threads[0]?.frames.slice(1).map(({ symbol }) => symbol?.function)).toEqual([
      'everything',
      'everything',
    ]);
    expect(result.symbols.get(0)?.attempts.map(({ status }) => status)).toEqual(['found', 'malformed', 'found']);
    expect(moduleOf(result)).toMatchObject({ loaded_symbols: true, corrupt_symbols: false });
    expect(result.threads[0]?.summary?.symbolFailures).toEqual([]);
  });

  it('are made anew once only', async () => {
    let recoveries = 0;
    const result = await walk({
      find: () => Promise.resolve(found(damaged())),
      recover: () => {
        recoveries += 1;
        return Promise.resolve(found(damaged()));
      },
    });
    expect(recoveries).toBe(1);
    expect(result.threads[0]?.frames).toHaveLength(3);
    expect(result.symbols.get(0)).toMatchObject({ symbols: null, isCorrupt: true });
  });

  it('say unavailable where it was the disk that failed', async () => {
    const broken = { ...damaged(), symbolize: () => Promise.reject(new Error('EIO: i/o error, read')) };
    const result = await walk({ find: () => Promise.resolve(found(broken)) });
    expect(result.symbols.get(0)?.attempts[1]).toMatchObject({ status: 'unavailable' });
  });
});
