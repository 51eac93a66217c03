import { describe, expect, it } from 'vitest';
import { generalRules } from '../../../plugins/rules/src/rules.js';
import { annotationsRule } from '../../../plugins/rules/src/rules/annotations-rule.js';
import { collectorRule } from '../../../plugins/rules/src/rules/collector-rule.js';
import { cpuRule } from '../../../plugins/rules/src/rules/cpu-rule.js';
import { crashingThreadRule } from '../../../plugins/rules/src/rules/crashing-thread-rule.js';
import { datesRule } from '../../../plugins/rules/src/rules/dates-rule.js';
import { hardwareHintsRule } from '../../../plugins/rules/src/rules/hardware-hints-rule.js';
import { identityRule } from '../../../plugins/rules/src/rules/identity-rule.js';
import { osRule } from '../../../plugins/rules/src/rules/os-rule.js';
import { reportKeysRule } from '../../../plugins/rules/src/rules/report-keys-rule.js';
import { reportTypeRule } from '../../../plugins/rules/src/rules/report-type-rule.js';
import { stackModulesRule } from '../../../plugins/rules/src/rules/stack-modules-rule.js';
import { threadsRule } from '../../../plugins/rules/src/rules/threads-rule.js';
import { truncateStacksRule } from '../../../plugins/rules/src/rules/truncate-stacks-rule.js';
import { run } from './rule-input.js';

describe('general rules', () => {
  it('have ids of their own and stand without a stack walk', async () => {
    expect(new Set(generalRules.map((rule) => rule.id)).size).toBe(generalRules.length);
    for (const rule of generalRules) await expect(run(rule, {})).resolves.toBeDefined();
  });

  it('survive a stack walk whose parts are all null or missing', async () => {
    const nulls = {
      crash_info: { type: null, address: null, crashing_thread: null, possible_bit_flips: null },
      system_info: { os: null },
      threads: [{ frames: [{ module: null, file: null, inlines: null }] }],
      modules: [{ filename: null, debug_id: null, version: null, missing_symbols: true }],
      lsb_release: null,
      mac_crash_info: null,
    };
    for (const json of [{}, nulls])
      for (const rule of generalRules) await expect(run(rule, { json })).resolves.toBeDefined();
  });
});

describe('identityRule', () => {
  it.each([
    [
      { product: 'Paint', version: '4.5.1', processType: 'renderer' },
      { product: 'Paint', version: '4.5.1', major_version: 4, process_type: 'renderer' },
    ],
    [{ version: 'nightly' }, { product: undefined, version: 'nightly', major_version: 0, process_type: 'parent' }],
    [
      { processType: 'main', channel: 'beta', install: 'k' },
      { process_type: 'parent', release_channel: 'beta', install: 'k', major_version: 0 },
    ],
  ])('takes %o', async (identity, expected) => {
    expect((await run(identityRule, { identity })).patch).toMatchObject(expected);
  });
});

describe('annotationsRule', () => {
  const field = (type: string, rest: object = {}) => [{ name: 'f', type, annotation: 'A', ...rest }];
  it.each([
    ['boolean', '1', true],
    ['boolean', 'TRUE', true],
    ['boolean', '0', false],
    ['boolean', false, false],
    ['integer', '42', 42],
    ['integer', 42, 42],
    ['integer', '-7', -7],
    ['number', '1234.5678', 1234.5678],
    ['number', '1e3', 1000],
    ['string', 'text \n', 'text'],
    ['string', 'a\0b', 'ab'],
    ['keyword', 5, '5'],
    ['string', { a: 1 }, '{"a":1}'],
    ['list', 'a, b,,c', ['a', 'b', 'c']],
    ['list', ['a', 1], ['a', '1']],
    ['object', '{"a":{"b":[1]}}', { a: { b: [1] } }],
    ['object', { a: 1 }, { a: 1 }],
  ])('converts to %s: %o', async (type, value, expected) => {
    expect(await run(annotationsRule, { annotations: { A: value }, fields: field(type) })).toMatchObject({
      patch: { f: expected },
      notes: [],
    });
  });

  it.each([
    ['boolean', 'maybe', 'A has a non-boolean value'],
    ['integer', '1.5', 'A has a non-int value'],
    ['integer', '9007199254740993', 'A has a non-int value'],
    ['integer', '1_000', 'A has a non-int value'],
    ['integer', '٣', 'A has a non-int value'],
    ['integer', [1], 'A has a non-int value'],
    ['number', 'nan', 'A has a non-float value'],
    ['number', '1e999', 'A has a non-float value'],
    ['object', '{"a":', 'A value is malformed json'],
    ['object', '7', 'A value is no object'],
    ['object', '[]', 'A value is no object'],
    ['boolean', 'yes', 'A has a non-boolean value'],
    ['boolean', '', 'A has a non-boolean value'],
  ])('notes what is no %s: %o, never its value, and keeps the default', async (type, value, note) => {
    const result = await run(annotationsRule, { annotations: { A: value }, fields: field(type, { default: 'd' }) });
    expect(result).toMatchObject({ patch: { f: 'd' }, notes: [note] });
  });

  it('goes on with the other fields, takes nulls for missing, and sees no inherited names', async () => {
    const fields = [
      { name: 'bad', type: 'integer', annotation: 'Bad' },
      { name: 'good', type: 'integer', annotation: 'Good' },
      { name: 'none', type: 'string', annotation: 'None' },
      { name: 'odd', type: 'string', annotation: 'constructor' },
    ];
    const { patch } = await run(annotationsRule, { annotations: { Bad: 'x', Good: '1', None: null }, fields });
    expect(patch).toEqual({ good: 1 });
  });
});

describe('reportKeysRule', () => {
  it('lists good names once, sorted, and counts the bad ones without showing them', async () => {
    const raw = { parts: [{ name: 'upload_file_minidump', filename: '', contentType: '', size: 1, sha256: '' }] };
    const { patch, notes } = await run(reportKeysRule, { annotations: { B: '1', 'A-1': '2', 'bad key\n': '3' }, raw });
    expect(patch).toEqual({ crash_report_keys: ['A-1', 'B', 'upload_file_minidump'] });
    expect(notes).toEqual(['invalidkeys: 1 annotations have names beyond letters, digits, _ and -']);
  });
});

describe('collectorRule', () => {
  it('keeps the metadata without the identity', async () => {
    const { patch } = await run(collectorRule, {});
    expect(patch['collector_metadata']).toHaveProperty('payload_size');
    expect(patch['collector_metadata']).not.toHaveProperty('identity');
    expect(patch['minidump_sha256_hash']).toBe('');
  });
});

describe('datesRule', () => {
  const submitted = Date.UTC(2026, 10, 22, 12) / 1000;
  it('computes ages from the client’s own clock', async () => {
    const annotations = {
      CrashTime: '1700000000',
      StartupTime: '1699999000',
      InstallTime: '1690000000',
      SecondsSinceLastCrash: '86400',
    };
    expect(await run(datesRule, { annotations })).toMatchObject({
      patch: {
        crash_time: 1_700_000_000,
        client_crash_date: '2023-11-14T22:13:20.000Z',
        uptime: 1000,
        install_age: 10_000_000,
        last_crash: 86_400,
        date_processed: '2026-11-22T12:00:00.500Z',
      },
      notes: [],
    });
  });

  it('takes the time of receipt and the dump’s uptime where the client says nothing', async () => {
    expect(await run(datesRule, { json: { process_uptime: 77 } })).toMatchObject({
      patch: { crash_time: submitted, uptime: 77, last_crash: undefined },
      notes: ['client_crash_date is unknown'],
    });
  });

  it('gives no uptime below 0, and notes nonsense', async () => {
    expect((await run(datesRule, { annotations: { CrashTime: '100', StartupTime: '200' } })).patch['uptime']).toBe(0);
    const year40000 = await run(datesRule, { annotations: { CrashTime: '9999999999', SecondsSinceLastCrash: 'x' } });
    expect(year40000.notes).toEqual([
      'non-integer value of "CrashTime"',
      'non-integer value of "SecondsSinceLastCrash"',
    ]);
    expect(year40000.patch['crash_time']).toBe(submitted);
  });
});

describe('crashingThreadRule', () => {
  const thread = { thread_name: 'render', last_error_value: 'ERROR_SUCCESS', frames: [] };
  const json = (crash_info: object) => ({
    crash_info: { type: 'SIGSEGV', address: '0x000000000000001c', crashing_thread: 1, ...crash_info },
    threads: [{}, thread],
  });
  it('names the thread, the reason and the address', async () => {
    expect((await run(crashingThreadRule, { json: json({}) })).patch).toEqual({
      crashing_thread: 1,
      crashing_thread_name: 'render',
      reason: 'SIGSEGV',
      address: '0x000000000000001c',
      last_error_value: 'ERROR_SUCCESS',
    });
  });

  it.each([
    [{ adjusted_address: { kind: 'null-pointer', offset: '0x1c' } }, '0x0000000000000000'],
    [{ address: '0x0000001c', adjusted_address: { kind: 'null-pointer', offset: '0x1c' } }, '0x00000000'],
    [{ adjusted_address: { kind: 'non-canonical', address: '0xfefefefefefefefe' } }, '0xfefefefefefefefe'],
    [{ address: null }, undefined],
  ])('adjusts the address: %o', async (info, address) => {
    expect((await run(crashingThreadRule, { json: json(info) })).patch['address']).toBe(address);
  });

  it('says when the dump names no thread, or one that is not there', async () => {
    const notSaid = 'the dump does not say which thread crashed';
    for (const [said, crashing_thread, note] of [
      [null, null, notSaid],
      [-1, null, notSaid],
      [2 ** 60, null, notSaid],
      [7, 7, 'the dump names a crashing thread that it does not have'],
    ] as const) {
      const result = await run(crashingThreadRule, { json: json({ crashing_thread: said }) });
      expect(result).toMatchObject({ patch: { crashing_thread }, notes: [note] });
    }
  });
});

describe('truncateStacksRule', () => {
  const stack = (length: number) => ({ threads: [{ frames: Array.from({ length }, (_, frame) => ({ frame })) }] });
  it('leaves stacks of 500 frames alone', async () => {
    expect((await run(truncateStacksRule, { json: stack(500) })).applied).toBe(false);
  });

  it('keeps both ends of a longer one and counts what is missing', async () => {
    const { patch } = await run(truncateStacksRule, { json: stack(10_000) });
    const { frames, truncated } = (
      patch['json_dump'] as {
        threads: { frames: { frame?: number; truncated?: { msg: string } }[]; truncated: boolean }[];
      }
    ).threads[0]!;
    expect(truncated).toBe(true);
    expect(frames).toHaveLength(500);
    expect([frames[249]?.frame, frames[250]?.truncated?.msg, frames[251]?.frame, frames[499]?.frame]).toEqual([
      249,
      '9501 frames truncated',
      9751,
      9999,
    ]);
  });
});

describe('osRule', () => {
  const system = (os: string, os_ver: string) => ({ json: { system_info: { os, os_ver } } });
  it.each([
    [system('Windows NT', '10.0.19045'), 'Windows 10'],
    [system('Windows NT', '10.0.22631'), 'Windows 11'],
    [system('Windows NT', '10.0.9200'), 'Windows 10'],
    [system('Windows NT', '6.1.7601 Service Pack 1'), 'Windows 7'],
    [system('Windows NT', '4.0.1'), 'Windows Unknown'],
    [system('Mac OS X', '14.2.1 23C71'), 'macOS 14'],
    [system('Mac OS X', '10.15.7'), 'OS X 10.15'],
    [system('Linux', '6.1.0'), 'Linux'],
    [
      { json: { system_info: { os: 'Linux', os_ver: '6.1' }, lsb_release: { description: 'Debian GNU/Linux 12' } } },
      'Debian GNU/Linux 12',
    ],
    [
      { ...system('Linux', '6.1'), annotations: { 'lsb-release': 'Debian GNU/Linux 12 (bookworm)' } },
      'Debian GNU/Linux 12 (bookworm)',
    ],
    [{ annotations: { Android_Version: '33 (REL)' } }, 'Android 33'],
    [{ annotations: { OS: 'Windows NT', OSVersion: '10.0.22631' } }, 'Windows 11'],
    [{ identity: { platform: 'Linux' } }, 'Linux'],
    [{}, 'Unknown'],
  ])('calls %o %s', async (facts, pretty) => {
    expect((await run(osRule, facts)).patch['os_pretty_version']).toBe(pretty);
  });
});

describe('cpuRule', () => {
  it.each([
    [
      { json: { system_info: { cpu_arch: 'amd64', cpu_info: 'GenuineIntel family 6', cpu_count: 8 } } },
      { cpu_arch: 'amd64', cpu_count: 8 },
    ],
    [{ annotations: { Android_CPU_ABI: 'arm64-v8a' } }, { cpu_arch: 'arm64', cpu_info: 'unknown', cpu_count: 0 }],
    [{ annotations: { osarch: 'x86_64' } }, { cpu_arch: 'amd64' }],
    [{}, { cpu_arch: 'unknown' }],
  ])('reads %o', async (facts, expected) => {
    expect((await run(cpuRule, facts)).patch).toMatchObject(expected);
  });
});

describe('stackModulesRule', () => {
  it('lists modules of the crashing stack once, sorted, and those without symbols', async () => {
    const json = {
      crash_info: { crashing_thread: 0 },
      threads: [
        {
          frames: [
            { module: 'b.dll' },
            { module: 'a.exe', inlines: [{ file: 'inline.rs' }], file: 'outer.rs' },
            { module: 'b.dll' },
            { module: null },
          ],
        },
      ],
      modules: [
        { filename: 'a.exe', debug_id: 'AB1', version: '1.0/2', missing_symbols: true, code_id: 'c0de' },
        { filename: 'b.dll', debug_id: null, version: null, missing_symbols: true },
        { filename: 'other;evil.dll', debug_id: 'CD2' },
        { filename: 'c.so', debug_id: 'EF3', version: '2', loaded_symbols: true, corrupt_symbols: true },
      ],
    };
    const zeros = '0'.repeat(33);
    expect((await run(stackModulesRule, { json })).patch).toEqual({
      modules_in_stack: 'a.exe/AB1;b.dll/',
      missing_symbols: `a.exe/1.0\\/2/AB1/c0de;b.dll/None/${zeros};c.so/2/EF3`,
      topmost_filenames: 'inline.rs',
    });
  });
});

describe('hardwareHintsRule', () => {
  it('gives the best confidence as a whole percentage, and true or nothing for guard pages', async () => {
    const json = {
      crash_info: {
        possible_bit_flips: [{ confidence: 0.25 }, { confidence: 0.629 }],
        crash_inconsistencies: ['x'],
        memory_accesses: [{ is_likely_guard_page: true }],
      },
    };
    expect((await run(hardwareHintsRule, { json })).patch).toEqual({
      possible_bit_flips_max_confidence: 62,
      crash_inconsistencies: ['x'],
      has_guard_page_access: true,
    });
    expect((await run(hardwareHintsRule, { json: { crash_info: {} } })).patch['has_guard_page_access']).toBeUndefined();
  });
});

describe('threadsRule', () => {
  it('counts threads and keeps what the dump writer complained about, bounded', async () => {
    const json = {
      thread_count: 3,
      soft_errors: [{ error: 'x'.repeat(10_000) }],
      mac_crash_info: { num_records: 1 },
      mac_boot_args: '-v',
    };
    const { patch } = await run(threadsRule, { json });
    expect(patch).toMatchObject({ thread_count: 3, mac_boot_args: '-v', mac_crash_info: '{"num_records":1}' });
    // Valid JSON, whatever is left out.
    expect(JSON.parse(String(patch['soft_errors']))).toEqual([{ left_out: 1 }]);
  });
});

describe('reportTypeRule', () => {
  it.each([
    [{}, 'crash'],
    [{ annotations: { Hang: '1' } }, 'hang'],
    [{ annotations: { OOMAllocationSize: '8192' } }, 'oom'],
    [{ processed: { reason: 'Out of Memory' } }, 'oom'],
    [{ json: { threads: [{ frames: [{ function: 'mozilla::(anonymous namespace)::RunWatchdog' }] }] } }, 'hang'],
  ])('tells %o to be a %s', async (facts, type) => {
    expect((await run(reportTypeRule, facts)).patch['report_type']).toBe(type);
  });
});
