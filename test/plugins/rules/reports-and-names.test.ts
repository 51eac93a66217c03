import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { memoryMeasuresRule } from '../../../plugins/mozilla/src/rules/memory-measures-rule.js';
import { gpuNamesRule } from '../../../plugins/rules/src/rules/gpu-names-rule.js';
import { memoryReportRule } from '../../../plugins/rules/src/rules/memory-report-rule.js';
import { threadsRule } from '../../../plugins/rules/src/rules/threads-rule.js';
import { samplePart } from '@faultline/testing';
import { run, ruleInput } from './rule-input.js';

const gzipped = (text: string) => new Uint8Array(gzipSync(text));

async function read(bytes: Uint8Array | undefined) {
  const raw = { parts: [samplePart('memory_report', bytes ?? new Uint8Array(1))] };
  const input = ruleInput({ raw });
  const parts = new Map(bytes === undefined ? [] : [['memory_report', bytes]]);
  return await memoryReportRule.apply({ ...input, parts });
}

describe('memoryReportRule', () => {
  it('unpacks the report that a program made of its memory', async () => {
    expect((await read(gzipped('{"version":1,"reports":[]}'))).patch).toEqual({
      memory_report: { version: 1, reports: [] },
    });
  });

  it.each([
    ['what is no gzip', new TextEncoder().encode('secret'), 'memory_report: error in gzip: no gzip, or damaged'],
    ['what is no JSON', gzipped('{secret'), 'memory_report: error in json: no valid JSON'],
    ['a list', gzipped('[1]'), 'memory_report: error in json: no object'],
    [
      'a bomb',
      gzipped(' '.repeat(21 * 1024 * 1024)),
      'memory_report: error in gzip: more than 20971520 bytes unpacked',
    ],
    [
      'text that is no UTF-8',
      new Uint8Array(gzipSync(Uint8Array.of(0x7b, 0xff, 0x7d))),
      'memory_report: error in json: no valid JSON',
    ],
    ['a part beyond the limit of rules', undefined, 'memory_report: it is too large to be read'],
  ])('says what is wrong with %s, and never quotes it', async (_, bytes, error) => {
    expect(await read(bytes)).toEqual({ patch: { memory_report_error: error }, notes: [error] });
  });

  it('has nothing to do without a report', async () => {
    expect((await run(memoryReportRule, {})).applied).toBe(false);
  });
});

describe('memoryMeasuresRule', () => {
  const entry = (path: string, amount: number, more: object = {}) => ({
    process: 'Main Process (pid 7)',
    path,
    kind: 1,
    units: 0,
    amount,
    ...more,
  });
  const measure = async (reports: object[] | number, json: object = { pid: 7 }) =>
    await run(memoryMeasuresRule, { json, processed: { memory_report: JSON.parse(JSON.stringify({ reports })) } });

  it('sums what is explicit, and finds what is not accounted for', async () => {
    const { patch } = await measure([
      entry('heap-allocated', 1000, { kind: 2 }),
      entry('explicit/images/a', 100),
      entry('explicit/images/b', 20),
      entry('explicit/other', 50, { kind: 0 }),
      entry('explicit/images/a', 9000, { process: 'Web (pid 77)' }),
      entry('js-main-runtime/gc', 3, { kind: 2 }),
    ]);
    expect(patch['memory_measures']).toMatchObject({
      explicit: 1050,
      images: 120,
      heap_unclassified: 880,
      js_main_runtime: 3,
      vsize: 0,
    });
  });

  it.each([
    [
      'explicit memory that is not in bytes',
      [entry('explicit/a', 1, { units: 2 })],
      'an explicit entry is not in bytes',
    ],
    [
      'explicit memory of no kind',
      [entry('explicit/a', 1, { kind: 5 })],
      'an explicit entry is neither heap nor other memory',
    ],
    ['other processes alone', [entry('a', 1, { process: '(pid 70)' })], 'no entry is of the crashed process'],
    ['an entry without amount', [{ process: '(pid 7)', path: 'a' }], 'an entry has another shape'],
    ['no list', 7, 'the report has another shape'],
  ])('measures nothing of %s', async (_, reports, note) => {
    expect(await measure(reports)).toMatchObject({ patch: {}, notes: [`memory measures: ${note}`] });
  });

  it('needs to know which process crashed', async () => {
    expect((await measure([entry('a', 1)], {})).notes).toEqual(['memory measures: the dump names no process']);
  });
});

describe('gpuNamesRule', () => {
  const text = [
    '# comment',
    '10de  NVIDIA Corporation',
    '\t1c03  GP106 [GeForce GTX 1060 6GB]',
    '\t\t1043 85b6  A card of somebody',
    '8086  Intel Corporation',
    '\t3e92  CoffeeLake-S GT2 [UHD Graphics 630]',
    'C 03  Display controller',
    '\t00  VGA compatible controller',
  ].join('\n');

  it.each([
    ['0x10de', '0x1c03', 'NVIDIA Corporation', 'GP106 [GeForce GTX 1060 6GB]'],
    ['10DE', '1C03', 'NVIDIA Corporation', 'GP106 [GeForce GTX 1060 6GB]'],
    ['0x00008086', '0x00003e92', 'Intel Corporation', 'CoffeeLake-S GT2 [UHD Graphics 630]'],
    ['0x8086', '0x1c03', 'Intel Corporation', undefined],
    ['0x1234', '0x1c03', undefined, undefined],
    ['Broadcom', 'V3D 4.2', undefined, undefined],
    ['', '', undefined, undefined],
  ])('names %j, %j', async (vendor, device, vendorName, deviceName) => {
    const processed = { adapter_vendor_id: vendor, adapter_device_id: device };
    expect((await run(gpuNamesRule(text), { processed })).patch).toEqual({
      adapter_vendor_name: vendorName,
      adapter_device_name: deviceName,
    });
  });

  it("reads the ids under Crashpad's names", async () => {
    const annotations = { 'gpu-venid': '0x10de', 'gpu-devid': '0x1c03' };
    expect((await run(gpuNamesRule(text), { annotations })).patch['adapter_vendor_name']).toBe('NVIDIA Corporation');
  });

  it('does nothing without a file', async () => {
    expect((await run(gpuNamesRule(''), {})).applied).toBe(false);
  });
});

describe('threadsRule', () => {
  it('keeps the first of many complaints, as JSON', async () => {
    const errors = Array.from({ length: 200 }, (_, index) => ({ error: `${index} ${'x'.repeat(50)}` }));
    const text = String((await run(threadsRule, { json: { soft_errors: errors } })).patch['soft_errors']);
    const kept = JSON.parse(text) as object[];
    expect(text.length).toBeLessThanOrEqual(4096);
    expect(kept.slice(0, -1)).toEqual(errors.slice(0, kept.length - 1));
    expect(kept.at(-1)).toEqual({ left_out: 200 - (kept.length - 1) });
  });
});
