/**
 * Names of stream types, for listings and problems: MINIDUMP_STREAM_TYPE of minidumpapiset.h, and the numbers that
 * Breakpad, Crashpad, Chromium and Mozilla document for theirs.
 */
const names = new Map<number, string>([
  [0, 'Unused'],
  [3, 'ThreadList'],
  [4, 'ModuleList'],
  [5, 'MemoryList'],
  [6, 'Exception'],
  [7, 'SystemInfo'],
  [8, 'ThreadExList'],
  [9, 'Memory64List'],
  [10, 'CommentA'],
  [11, 'CommentW'],
  [12, 'HandleData'],
  [13, 'FunctionTable'],
  [14, 'UnloadedModuleList'],
  [15, 'MiscInfo'],
  [16, 'MemoryInfoList'],
  [17, 'ThreadInfoList'],
  [18, 'HandleOperationList'],
  [19, 'Token'],
  [20, 'JavaScriptData'],
  [21, 'SystemMemoryInfo'],
  [22, 'ProcessVmCounters'],
  [23, 'IptTrace'],
  [24, 'ThreadNames'],
  [0x4767_0001, 'BreakpadInfo'],
  [0x4767_0002, 'AssertionInfo'],
  [0x4767_0003, 'LinuxCpuInfo'],
  [0x4767_0004, 'LinuxProcStatus'],
  [0x4767_0005, 'LinuxLsbRelease'],
  [0x4767_0006, 'LinuxCmdLine'],
  [0x4767_0007, 'LinuxEnviron'],
  [0x4767_0008, 'LinuxAuxv'],
  [0x4767_0009, 'LinuxMaps'],
  [0x4767_000a, 'LinuxDsoDebug'],
  [0x4350_0001, 'CrashpadInfo'],
  [0x4b6b_0002, 'StabilityReport'],
  [0x4d7a_0001, 'MacCrashInfo'],
  [0x4d7a_0002, 'MacBootArgs'],
  [0x4d7a_0003, 'LinuxProcLimits'],
  [0x4d7a_0004, 'SoftErrors'],
]);

/** Name of a stream type; `0x…` for one that nobody documents. */
export function streamName(type: number): string {
  return names.get(type) ?? `0x${type.toString(16).padStart(8, '0')}`;
}
