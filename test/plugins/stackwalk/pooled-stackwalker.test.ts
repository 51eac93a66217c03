import { fileURLToPath } from 'node:url';
import type { JsonValue, SymbolSource } from '@faultline/sdk';
import { FakeClock, MemoryCrashStorage, sampleCrashId } from '@faultline/testing';
import { expect, it, onTestFinished } from 'vitest';
import { PooledStackwalker } from '../../../plugins/stackwalk/src/pooled-stackwalker.js';
import { WalkerPool } from '../../../plugins/stackwalk/src/pool/walker-pool.js';

const source: SymbolSource = {
  id: 'symbols',
  title: 'Symbols',
  order: 1,
  module: 'file:///symbols.js',
  options: ['all'],
  optionsFor: (product) => (product === 'Urn' ? ['of Urn', 'all'] : null),
};

it('tells a walker where the product of its dump has symbols', async () => {
  const limits = { timeLimit: 20_000, memoryLimit: 2 ** 30 };
  const pool = new WalkerPool({
    module: fileURLToPath(new URL('programs/echo.js', import.meta.url)),
    processes: 1,
    idleAfter: 10_000,
    jobsPerProcess: 100,
    ...limits,
  });
  onTestFinished(() => pool.close());
  const storage = new MemoryCrashStorage();
  storage.locatePart = () => Promise.resolve({ bytes: new Uint8Array(1) });
  const walker = new PooledStackwalker({
    pool,
    storage,
    sources: {
      all: () => [{ plugin: 'symbols', value: source }],
      get: () => undefined,
      onChange: () => () => undefined,
    },
    clock: new FakeClock(),
    version: '1',
    limits,
    finished: () => undefined,
  });
  const optionsFor = async (raw: JsonValue) => {
    const job = { crashId: sampleCrashId(1), part: 'upload_file_minidump', raw };
    const { json } = await walker.walk(job, AbortSignal.timeout(20_000));
    return json?.['sources'];
  };
  const { module } = source;
  expect(await optionsFor({ ProductName: 'Urn' })).toEqual([{ module, options: ['of Urn', 'all'] }]);
  expect(await optionsFor({ ProductName: 'Kettle' })).toEqual([{ module, options: ['all'] }]);
  expect(await optionsFor(['no annotations'])).toEqual([{ module, options: ['all'] }]);
});
