import type { SampleCrash, SampleModule } from './sample.js';

const electronModules: SampleModule[] = [
  { path: 'C:\\Program Files\\Notes\\Notes.exe', debugFile: 'electron.exe.pdb', hasSymbols: true, version: '2.8.1.0' },
  { path: 'C:\\Windows\\System32\\kernel32.dll', debugFile: 'kernel32.pdb', hasSymbols: true, version: '10.0.22621.1' },
  { path: 'C:\\Windows\\System32\\ntdll.dll', debugFile: 'ntdll.pdb', hasSymbols: true, version: '10.0.22621.1' },
];

/** An Electron program: out of memory on Windows, endless recursion on Linux. */
export const notesCrashes: SampleCrash[] = [
  {
    name: 'out of memory',
    product: 'Notes',
    versions: ['2.7.0', '2.8.1'],
    channel: 'release',
    processType: 'renderer',
    os: 'Windows NT',
    osVersion: [10, 0, 22631],
    cpu: 'amd64',
    modules: electronModules,
    thread: 'CrRendererMain',
    otherThreads: ['Compositor', 'ThreadPoolForegroundWorker', 'ThreadPoolForegroundWorker', 'Chrome_ChildIOThread'],
    stack: [
      {
        module: 'Notes.exe',
        function: 'electron::OnOutOfMemory(unsigned long long)',
        file: 'shell/common/oom.cc',
        line: 22,
      },
      {
        module: 'Notes.exe',
        function: 'v8::internal::V8::FatalProcessOutOfMemory(v8::internal::Isolate*, char const*)',
        file: 'v8/src/api/api.cc',
        line: 286,
      },
      {
        module: 'Notes.exe',
        function: 'v8::internal::Heap::AllocateRawWithRetryOrFail(int)',
        file: 'v8/src/heap/heap.cc',
        line: 5712,
      },
      {
        module: 'Notes.exe',
        function: 'v8::internal::Factory::NewRawTwoByteString(int)',
        file: 'v8/src/heap/factory.cc',
        line: 940,
      },
      {
        module: 'Notes.exe',
        function: 'content::RendererMain(content::MainFunctionParams)',
        file: 'content/renderer/renderer_main.cc',
        line: 330,
      },
      { module: 'kernel32.dll', function: 'BaseThreadInitThunk' },
      { module: 'ntdll.dll', function: 'RtlUserThreadStart' },
    ],
    exception: { code: 0xe0000008, address: 0n, information: [0x40000000n] },
    annotations: { _productName: 'Notes', prod: 'Electron', ver: '33.2.1', 'oom-size': '1073741824' },
    weight: 7,
  },
  {
    name: 'endless recursion',
    product: 'Notes',
    versions: ['2.8.1', '2.8.2'],
    channel: 'beta',
    processType: 'renderer',
    os: 'Linux',
    osVersion: [6, 8, 0],
    distribution: 'Ubuntu 24.04.1 LTS',
    cpu: 'amd64',
    modules: [
      { path: '/opt/Notes/notes', debugFile: 'notes', hasSymbols: true },
      { path: '/usr/lib/x86_64-linux-gnu/libc.so.6', debugFile: 'libc.so.6', hasSymbols: true },
    ],
    thread: 'CrRendererMain',
    otherThreads: ['Compositor', 'Chrome_ChildIOThread'],
    stack: [
      ...Array.from({ length: 60 }, (_, depth) => ({
        module: 'notes',
        function: depth % 2 === 0 ? 'outline::parseGroup(Cursor&)' : 'outline::parseItem(Cursor&)',
        file: 'src/outline/parser.cc',
        line: depth % 2 === 0 ? 77 : 102,
      })),
      { module: 'notes', function: 'outline::parse(std::string_view)', file: 'src/outline/parser.cc', line: 31 },
      { module: 'notes', function: 'main', file: 'src/main.cc', line: 12 },
      { module: 'libc.so.6', function: '__libc_start_main' },
    ],
    exception: { code: 11, flags: 1, address: 0x7ffd_0000_0ff8n },
    // push rbp
    code: [0x55],
    annotations: { _productName: 'Notes', prod: 'Electron', ver: '33.2.1' },
    weight: 4,
    since: 0.75,
  },
];
