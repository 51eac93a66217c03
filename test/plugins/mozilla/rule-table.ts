/** What each line of socorro.md section 4.4 names, by the numbers there: facts of a crash, and the fields they become. */
import { gzipSync } from 'node:zlib';
import type { JsonValue } from '@faultline/sdk';
import { expect } from 'vitest';

export interface Facts {
  annotations?: Record<string, JsonValue>;
  json?: object;
  /** Attachments. */
  parts?: Record<string, Uint8Array>;
  betas?: Record<string, string>;
  checksums?: Record<string, string>;
}

export type Row = [what: string, facts: Facts, fields: Record<string, unknown>, note?: RegExp];

const text = (value: object) => JSON.stringify(value);
const frames = (...names: string[]) => names.map((name) => ({ function: name }));
const stack = (more: object, ...names: string[]) => ({
  crash_info: { crashing_thread: 0 },
  threads: [{ frames: frames(...names) }],
  ...more,
});
const info = (crash_info: object) => ({ crash_info: { crashing_thread: 0, ...crash_info }, threads: [{ frames: [] }] });
const system = (system_info: object, more: object = {}) => ({ system_info, ...more });
const modules = (...list: object[]) => ({ modules: list });
const firefox = { ProductName: 'Firefox', Version: '152.0', BuildID: '20261101093015' };
const zeros = '0'.repeat(33);
const report = (...reports: object[]) => ({ memory_report: new Uint8Array(gzipSync(text({ version: 1, reports }))) });
const measure = (path: string, amount: number, kind: number) => ({
  ...{ process: 'Main (pid 7)', path, amount, kind, units: 0 },
});

export const ruleTable: Record<string, Row[]> = {
  '1 null characters': [
    ['in a value', { annotations: { Comments: 'a\0b' } }, { user_comments: 'ab' }],
    [
      'in a name: its value is kept out of the fields, and told',
      { annotations: { 'Com\0ments': 'x' } },
      {},
      /^invalidkeys: 1/m,
    ],
  ],
  '2 null values': [
    ['are absent', { annotations: { Vendor: null } }, { vendor: undefined, crash_report_keys: [] }],
    ['leave the default', { annotations: { Marionette: null } }, { marionette: false }],
  ],
  '3 report keys': [
    [
      'names of annotations and parts, sorted, cut, bad ones left out',
      { annotations: { b: '1', 'A-1': '2', 'c\n': '3', ['k'.repeat(120)]: '4' }, parts: { log: Uint8Array.of(1) } },
      { crash_report_keys: ['A-1', 'b', 'k'.repeat(100), 'log'] },
      /^invalidkeys: 1/m,
    ],
  ],
  '4 collector metadata': [
    [
      'is kept',
      {},
      { collector_metadata: expect.objectContaining({ payload_size: expect.any(Number) as number }) as object },
    ],
  ],
  '6 copied annotations': [
    [
      'a boolean in any case',
      { annotations: { SafeMode: 'TRUE', Throttleable: '0' } },
      { safe_mode: true, throttleable: false },
    ],
    [
      'no boolean',
      { annotations: { SafeMode: 'maybe' } },
      { safe_mode: undefined },
      /SafeMode has a non-boolean value/,
    ],
    [
      'an integer with space, not of other digits',
      { annotations: { StartupTime: ' 7 ', TotalPageFile: '1_000' } },
      { startup_time: 7, total_page_file: undefined },
      /TotalPageFile has a non-int value/,
    ],
    [
      'a list where an integer belongs, and the rest goes on',
      { annotations: { StartupTime: [1], Vendor: 'M' } },
      { startup_time: undefined, vendor: 'M' },
      /StartupTime has a non-int value/,
    ],
    [
      'a number, and no NaN',
      { annotations: { UptimeTS: 'nan' } },
      { uptime_ts: undefined },
      /UptimeTS has a non-float value/,
    ],
    [
      'a text without the space behind it, and a number as text',
      { annotations: { Notes: 'a \n', Vendor: 5 } },
      { app_notes: 'a', vendor: '5' },
    ],
    [
      'an object as text and as itself, each its own',
      { annotations: { TelemetryEnvironment: { a: 1 }, JavaException: '{' } },
      { telemetry_environment: { a: 1 }, java_exception: undefined },
      /JavaException value is malformed json/,
    ],
    [
      'a malformed value leaves the default',
      { annotations: { Marionette: 'x' } },
      { marionette: false },
      /Marionette has a non-boolean value/,
    ],
  ],
  '7 nightly versions of Fenix': [
    [
      'are 0.0a1',
      { annotations: { ProductName: 'Fenix', Version: 'Nightly 261105 17:05' } },
      { version: '0.0a1' },
      /0\.0a1/,
    ],
    [
      'other products keep theirs',
      { annotations: { ProductName: 'Other', Version: 'Nightly 1' } },
      { version: 'Nightly 1' },
    ],
  ],
  '8 versions of ESR': [
    ['get their suffix', { annotations: { ...firefox, ReleaseChannel: 'esr' } }, { version: '152.0esr' }],
    [
      'none without a version',
      { annotations: { ProductName: 'Firefox', ReleaseChannel: 'esr' } },
      { version: undefined },
      /'version' missing/,
    ],
  ],
  '9 submitted from': [
    ['is unknown', {}, { submitted_from: 'Unknown', submitted_from_infobar: false }],
    [
      'the infobar',
      { annotations: { SubmittedFromInfobar: '1' } },
      { submitted_from: 'Infobar', submitted_from_infobar: true },
    ],
    [
      'the client',
      { annotations: { SubmittedFrom: 'Client' } },
      { submitted_from: 'Client', submitted_from_infobar: false },
    ],
  ],
  '10 identifier': [['is the crash id', {}, { uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string }]],
  '11 checksum of the minidump': [
    ['is the collector’s', { checksums: { upload_file_minidump: 'ab12' } }, { minidump_sha256_hash: 'ab12' }],
    ['is empty without a dump', {}, { minidump_sha256_hash: '' }],
  ],
  '13 addresses of symbols': [
    [
      'of this machine go, queries of others too',
      {
        json: modules(
          { filename: 'a', symbol_url: 'http://localhost/a' },
          { filename: 'b', symbol_url: 'https://s.example/b?key=secret' },
        ),
      },
      { json_dump: modules({ filename: 'a', symbol_url: null }, { filename: 'b', symbol_url: 'https://s.example/b' }) },
      /Redacting symbol url for module a/,
    ],
  ],
  '14 crashing thread': [
    [
      'names thread, reason and address',
      {
        json: {
          ...info({ type: 'SIGSEGV', address: '0x1c' }),
          threads: [{ thread_name: 'main', last_error_value: 'E', frames: [] }],
        },
      },
      { crashing_thread: 0, crashing_thread_name: 'main', reason: 'SIGSEGV', address: '0x1c', last_error_value: 'E' },
    ],
    [
      'a null pointer in disguise is zeros of the same width',
      { json: info({ address: '0x0000001c', adjusted_address: { kind: 'null-pointer', offset: '0x1c' } }) },
      { address: '0x00000000' },
    ],
    [
      'a stand-in is the adjusted address',
      { json: info({ address: '0x0', adjusted_address: { kind: 'non-canonical', address: '0xfe' } }) },
      { address: '0xfe' },
    ],
    ['nobody knows', { json: info({ crashing_thread: null }) }, { crashing_thread: null }, /does not say which thread/],
    ['there is no dump', {}, { crashing_thread: undefined, reason: undefined }],
  ],
  '15 endless stacks': [
    [
      'of 500 frames stay whole',
      { json: stack({}, ...Array.from({ length: 500 }, () => 'f')) },
      {},
      /^(?![^]*were longer)/,
    ],
    [
      'longer ones lose their middle, and all frames are accounted for',
      { json: stack({}, ...Array.from({ length: 501 }, () => 'f')) },
      {},
      /1 stacks were longer than 500/,
    ],
  ],
  '16 bit flips': [
    [
      'the best in percent',
      { json: info({ possible_bit_flips: [{ confidence: 0.25 }, { confidence: 0.629 }] }) },
      { possible_bit_flips_max_confidence: 62 },
    ],
    ['none', { json: info({ possible_bit_flips: [] }) }, { possible_bit_flips_max_confidence: undefined }],
  ],
  '17 inconsistencies': [
    ['are copied', { json: info({ crash_inconsistencies: ['x'] }) }, { crash_inconsistencies: ['x'] }],
  ],
  '18 guard pages': [
    [
      'one is likely',
      { json: info({ memory_accesses: [{}, { is_likely_guard_page: true }] }) },
      { has_guard_page_access: true },
    ],
    [
      'none is: the field is absent',
      { json: info({ memory_accesses: [{ is_likely_guard_page: false }] }) },
      { has_guard_page_access: undefined },
    ],
  ],
  '19 major version': [
    ['the first number', { annotations: firefox }, { major_version: 152 }],
    ['0 where it is none', { annotations: { ...firefox, Version: 'x152.0' } }, { major_version: 0 }],
  ],
  '20 plugin': [
    [
      'of a plugin process',
      { annotations: { ProcessType: 'plugin', PluginName: 'P', PluginVersion: '1', PluginFilename: 'p.so' } },
      { plugin_name: 'P', plugin_version: '1', plugin_filename: 'p.so' },
    ],
    ['of no other', { annotations: { ProcessType: 'content', PluginName: 'P' } }, { plugin_name: undefined }],
  ],
  '21 process type': [
    ['is parent by default', {}, { process_type: 'parent' }],
    ['and for main', { annotations: { ProcessType: 'main' } }, { process_type: 'parent' }],
    ['or what it says', { annotations: { ProcessType: 'gpu' } }, { process_type: 'gpu' }],
  ],
  '22 accessibility': [
    ['active', { annotations: { Accessibility: 'Active' } }, { accessibility: true }],
    ['any other word', { annotations: { Accessibility: 'active?' } }, { accessibility: false }],
    ['absent', {}, { accessibility: false }],
  ],
  '23 add-ons': [
    [
      'decoded, with and without version',
      { annotations: { 'Add-ons': 'a%40b:1.0,c' } },
      { addons: ['a@b:1.0', 'c:NO_VERSION'] },
    ],
    ['checked', { annotations: { EMCheckCompatibility: 'true' } }, { addons_checked: true }],
    ['not checked', { annotations: { EMCheckCompatibility: 'no' } }, { addons_checked: false }],
    ['nobody said', {}, { addons: [], addons_checked: null }],
  ],
  '24 dates and times': [
    [
      'ages by the client’s clock',
      {
        annotations: {
          CrashTime: '1700000000',
          StartupTime: '1699999000',
          InstallTime: '1690000000',
          SecondsSinceLastCrash: '9',
        },
      },
      {
        crash_time: 1_700_000_000,
        client_crash_date: '2023-11-14T22:13:20.000Z',
        uptime: 1000,
        install_age: 10_000_000,
        last_crash: 9,
      },
    ],
    ['ten digits of the crash time', { annotations: { CrashTime: '1700000000123' } }, { crash_time: 1_700_000_000 }],
    [
      'the time of receipt where it says none',
      {},
      { crash_time: Date.UTC(2026, 10, 22, 12) / 1000, last_crash: undefined },
      /client_crash_date is unknown/,
    ],
    ['no uptime below 0', { annotations: { CrashTime: '100', StartupTime: '200' } }, { uptime: 0 }],
    [
      'what is no integer, or too large for one',
      { annotations: { InstallTime: 'x', SecondsSinceLastCrash: '9223372036854775808' } },
      { install_time: undefined, last_crash: undefined },
      /"InstallTime"[^]*"SecondsSinceLastCrash"/,
    ],
  ],
  '25 memory report': [
    ['unpacked', { parts: report() }, { memory_report: { version: 1, reports: [] } }],
    [
      'damaged',
      { parts: { memory_report: Uint8Array.of(1) } },
      { memory_report: undefined, memory_report_error: 'memory_report: error in gzip: no gzip, or damaged' },
      /error in gzip/,
    ],
  ],
  '26 heap checker': [
    [
      'address in hex, beyond 2^53',
      {
        annotations: {
          PHCKind: 'FreedPage',
          PHCBaseAddress: '18446744073709551615',
          PHCUsableSize: '8',
          PHCAllocStack: '1,2',
          PHCFreeStack: '3',
        },
      },
      {
        phc_kind: 'FreedPage',
        phc_base_address: '0xffffffffffffffff',
        phc_usable_size: 8,
        phc_alloc_stack: '1,2',
        phc_free_stack: '3',
      },
    ],
    ['nothing without its kind', { annotations: { PHCUsableSize: '8' } }, { phc_usable_size: undefined }],
  ],
  '27 breadcrumbs': [
    [
      'a list under values',
      { annotations: { Breadcrumbs: text({ values: [{ message: 'm' }] }) } },
      { breadcrumbs: [{ message: 'm' }] },
    ],
    [
      'malformed',
      { annotations: { Breadcrumbs: '[{"message":5}]' } },
      { breadcrumbs: undefined },
      /Breadcrumbs: malformed: /,
    ],
  ],
  '28 Java stack trace': [
    [
      'without messages, causes and suppressed ones',
      {
        annotations: {
          JavaStackTrace: 'a.B: secret\n\tat a.B.c(B.java:1)\nCaused by: d.E: secret\n\tat d.E.f(E.java:2)',
        },
      },
      { java_stack_trace: 'a.B\n\tat a.B.c(B.java:1)' },
    ],
    [
      'that is none',
      { annotations: { JavaStackTrace: 'secret words' } },
      { java_stack_trace: 'malformed', java_stack_trace_raw: 'secret words' },
      /malformed JavaStackTrace/,
    ],
  ],
  '29 boot arguments of a Mac': [
    ['are there', { json: { mac_boot_args: '-v' } }, { mac_boot_args: '-v', has_mac_boot_args: true }],
    ['are not', { json: { mac_boot_args: '' } }, { mac_boot_args: undefined, has_mac_boot_args: undefined }],
  ],
  '30 crash info of a Mac': [
    ['records as JSON', { json: { mac_crash_info: { num_records: 1 } } }, { mac_crash_info: '{"num_records":1}' }],
    ['none', { json: { mac_crash_info: { num_records: 0 } } }, { mac_crash_info: undefined }],
  ],
  '31 crash reason': [
    [
      'private after its first words',
      { annotations: { MozCrashReason: 'byte index 3' } },
      { moz_crash_reason: 'sanitized--see moz_crash_reason_raw', moz_crash_reason_raw: 'byte index 3' },
    ],
    [
      'public',
      { annotations: { MozCrashReason: 'MOZ_CRASH()' } },
      { moz_crash_reason: 'MOZ_CRASH()', moz_crash_reason_raw: 'MOZ_CRASH()' },
    ],
  ],
  '32 utility actors': [
    ['a list', { annotations: { UtilityActorsName: 'a, b,' } }, { utility_actors_name: ['a', 'b'] }],
    ['none', {}, { utility_actors_name: undefined }],
  ],
  '33 report type': [
    ['a broken channel', { annotations: { ipc_channel_error: 'ShutDownKill' } }, { report_type: 'hang' }],
    ['a shutdown that took too long', { annotations: { AsyncShutdownTimeout: '{}' } }, { report_type: 'hang' }],
    [
      'the watchdog on the stack',
      { json: stack({}, 'mozilla::(anonymous namespace)::RunWatchdog') },
      { report_type: 'hang' },
    ],
    ['a crash', { json: stack({}, 'f') }, { report_type: 'crash' }],
    [
      'no memory, in a program of Mozilla: a crash, as Crash Stats counts',
      { annotations: { Vendor: 'Mozilla', OOMAllocationSize: '64' } },
      { report_type: 'crash' },
    ],
    ['no memory, in another program', { annotations: { OOMAllocationSize: '64' } }, { report_type: 'oom' }],
  ],
  '34 processor': [
    [
      'from the dump',
      { json: system({ cpu_arch: 'amd64', cpu_info: 'GenuineIntel', cpu_count: 8, cpu_microcode_version: '0x2b' }) },
      { cpu_arch: 'amd64', cpu_info: 'GenuineIntel', cpu_count: 8, cpu_microcode_version: '0x2b' },
    ],
    ['unknown', {}, { cpu_arch: 'unknown', cpu_info: 'unknown', cpu_count: 0 }],
  ],
  '35 processor of Android': [
    ...(
      [
        ['armeabi-v7a', 'arm'],
        ['arm64-v8a', 'arm64'],
        ['x86_64', 'amd64'],
        ['riscv64', 'riscv64'],
      ] as const
    ).map(([abi, cpu_arch]): Row => [abi, { annotations: { Android_CPU_ABI: abi } }, { cpu_arch }]),
    [
      'only where the dump says nothing',
      { annotations: { Android_CPU_ABI: 'x86' }, json: system({ cpu_arch: 'arm' }) },
      { cpu_arch: 'arm' },
    ],
  ],
  '36 distribution': [
    ['as it says', { annotations: { DistributionID: 'a' } }, { distribution_id: 'a' }],
    [
      'from the environment',
      { annotations: { TelemetryEnvironment: text({ partner: { distributionId: 'b' } }) } },
      { distribution_id: 'b' },
    ],
    [
      'none is Mozilla’s',
      { annotations: { TelemetryEnvironment: text({ partner: { distributionId: null } }) } },
      { distribution_id: 'mozilla' },
    ],
    ['nothing is unknown', {}, { distribution_id: 'unknown' }],
  ],
  '37 operating system': [
    ['from the dump', { json: system({ os: 'Linux', os_ver: ' 6.1 ' }) }, { os_name: 'Linux', os_version: '6.1' }],
    ['null fails nothing', { json: system({ os: null }) }, { os_name: 'Unknown', os_version: '' }],
  ],
  '38 Android': [
    ['by its version', { annotations: { Android_Version: '23 (REL)' } }, { os_name: 'Android', os_version: '23' }],
    ['that is no number', { annotations: { Android_Version: 'REL' } }, { os_name: 'Android', os_version: '' }],
    [
      'not beside another system',
      { annotations: { Android_Version: '23 (REL)' }, json: system({ os: 'Linux', os_ver: '6' }) },
      { os_name: 'Linux', os_version: '6' },
    ],
  ],
  '39 what the client says of the machine': [
    [
      'where there is no dump',
      { annotations: { CPUArchitecture: 'amd64', CPUInfo: 'i', OS: 'Linux', OSVersion: '6.1' } },
      { cpu_arch: 'amd64', cpu_info: 'i', os_name: 'Linux', os_version: '6.1' },
    ],
    [
      'not where there is',
      { annotations: { CPUArchitecture: 'x86', OS: 'Linux' }, json: system({ cpu_arch: 'arm', os: 'Mac OS X' }) },
      { cpu_arch: 'arm', os_name: 'Mac OS X' },
    ],
  ],
  '40 betas': [
    [
      'by the release of their build',
      { annotations: { ...firefox, ReleaseChannel: 'beta' }, betas: { 'Firefox/beta/20261101093015': '152.0b9' } },
      { version: '152.0b9' },
    ],
    [
      'late aurora is the Developer Edition',
      {
        annotations: { ...firefox, ReleaseChannel: 'aurora' },
        betas: { 'DevEdition/aurora/20261101093015': '152.0b3' },
      },
      { version: '152.0b3' },
    ],
    [
      'unknown ones are b0',
      { annotations: { ...firefox, ReleaseChannel: 'beta' } },
      { version: '152.0b0' },
      /added "b0" suffix/,
    ],
    [
      'no version fails nothing',
      { annotations: { ProductName: 'Firefox', ReleaseChannel: 'beta' } },
      { version: undefined },
    ],
  ],
  '41 pretty version': (
    [
      ['Windows NT', '6.1.7601', 'Windows 7'],
      ['Windows NT', '6.2.9200', 'Windows 8'],
      ['Windows NT', '6.3.9600', 'Windows 8.1'],
      ['Windows NT', '10.0.9200', 'Windows 10'],
      ['Windows NT', '10.0.21996', 'Windows 11'],
      ['Windows NT', '11.0', 'Windows Unknown'],
      ['Mac OS X', '11.6', 'macOS 11'],
      ['Mac OS X', '10.15.7', 'OS X 10.15'],
      ['Linux', '6.1', 'Linux'],
      ['Solaris', '11', 'Solaris'],
    ] as const
  ).map(([os, os_ver, os_pretty_version]): Row => [
    `${os} ${os_ver}`,
    { json: system({ os, os_ver }) },
    { os_pretty_version },
  ]),
  '41 pretty version of Linux and Android': [
    [
      'the dump’s distribution',
      {
        json: system({ os: 'Linux' }, { lsb_release: { description: 'Debian 12' } }),
        annotations: { LinuxLSBDescription: 'x' },
      },
      { os_pretty_version: 'Debian 12' },
    ],
    [
      'the client’s',
      { json: system({ os: 'Linux' }), annotations: { LinuxLSBDescription: 'Debian 13' } },
      { os_pretty_version: 'Debian 13' },
    ],
    ['Android', { annotations: { Android_Version: '34' } }, { os_pretty_version: 'Android 34' }],
  ],
  '42 topmost file': [
    [
      'inlines come first',
      { json: { ...stack({}), threads: [{ frames: [{}, { file: 'outer.rs', inlines: [{ file: 'inline.rs' }] }] }] } },
      { topmost_filenames: 'inline.rs' },
    ],
    ['none', { json: stack({}, 'f') }, { topmost_filenames: undefined }],
  ],
  '43 modules of the stack': [
    [
      'once each, sorted; a null id fails nothing',
      {
        json: {
          ...info({}),
          threads: [{ frames: [{ module: 'b' }, { module: 'a' }, { module: 'b' }, { module: null }] }],
          ...modules({ filename: 'a', debug_id: 'A1' }, { filename: 'b', debug_id: null }, { filename: null }),
        },
      },
      { modules_in_stack: 'a/A1;b/' },
    ],
    [
      'nobody’s, where the crashing thread is unknown',
      { json: { threads: [{ frames: [{ module: 'a' }] }], ...modules({ filename: 'a', debug_id: 'A1' }) } },
      { modules_in_stack: undefined },
    ],
  ],
  '44 missing symbols': [
    [
      'sanitised; what is absent has its stand-in',
      {
        json: modules(
          { filename: 'a;b.dll', version: '1/2', debug_id: 'AB-1', code_id: 'c0', missing_symbols: true },
          { filename: 'c', missing_symbols: true },
          { filename: 'd' },
          { filename: null, missing_symbols: true },
        ),
      },
      { missing_symbols: `ab.dll/1\\/2/AB1/c0;c/None/${zeros}` },
    ],
    ['none', { json: modules({ filename: 'd' }) }, { missing_symbols: undefined }],
  ],
  '45 default theme': [
    [
      'is readable',
      { annotations: { 'Add-ons': '%7B972ce4c6-7e08-4474-a285-3208198ce6fd%7D:1' } },
      { addons: ['{972ce4c6-7e08-4474-a285-3208198ce6fd} (default theme):1'] },
    ],
  ],
  '46 memory measures': [
    [
      'of the crashed process',
      {
        json: { pid: 7 },
        parts: report(measure('heap-allocated', 100, 2), measure('explicit/a', 60, 1), measure('explicit/b', 5, 0)),
      },
      {
        memory_measures: expect.objectContaining({
          explicit: 105,
          heap_unclassified: 40,
          heap_allocated: 100,
        }) as object,
      },
    ],
    [
      'not of another',
      { json: { pid: 8 }, parts: report(measure('heap-allocated', 1, 2)) },
      { memory_measures: undefined },
      /no entry is of the crashed process/,
    ],
  ],
  '47 soft errors': [
    ['as JSON', { json: { soft_errors: [{ a: 1 }] } }, { soft_errors: '[{"a":1}]' }],
    ['whole ones within the limit', { json: { soft_errors: ['x'.repeat(5000)] } }, { soft_errors: '[{"left_out":1}]' }],
  ],
  '48 thread count': [
    ['as the walker says', { json: { thread_count: 3, threads: [] } }, { thread_count: 3 }],
    ['or nothing', { json: { threads: [] } }, { thread_count: undefined }],
  ],
  '49 signature': [
    ['of a stack', { json: stack({}, 'a::b(int)') }, { signature: 'a::b', proto_signature: 'a::b' }],
    ['of nothing', {}, { signature: 'EMPTY: no frame data available' }],
  ],
  '50 hung shutdown': [
    [
      'crashed in thread 0',
      {
        json: {
          crash_info: { crashing_thread: 1 },
          threads: [{ frames: frames('waits') }, { frames: frames('mozilla::(anonymous namespace)::RunWatchdog') }],
        },
      },
      { signature: 'shutdownhang | waits', crashing_thread: 0 },
    ],
  ],
};
