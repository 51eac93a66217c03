import { FaultlineError } from '@faultline/sdk/errors';
import { readContext } from '../reader/contexts/cpu-context.js';
import { readShadowStack } from '../reader/contexts/shadow-stack.js';
import { memoryMap } from '../reader/memory/memory-map.js';
import { processMemory } from '../reader/memory/process-memory.js';
import { threadStack } from '../reader/memory/thread-stack.js';
import type { Minidump } from '../reader/minidump.js';
import { breakpadInfo } from '../reader/streams/breakpad.js';
import { exceptionStream, type ExceptionRecord } from '../reader/streams/exception.js';
import { moduleList } from '../reader/streams/module-list.js';
import { systemInfo, type SystemInfo } from '../reader/streams/system-info.js';
import { threadExList, threadList, type ThreadRecord } from '../reader/streams/thread-list.js';
import { threadNames } from '../reader/streams/thread-names.js';
import { unloadedModuleList } from '../reader/streams/unloaded-modules.js';
import type { CrashDump, DumpThread } from './crash-dump.js';
import { processFacts } from './process-facts.js';

/**
 * A minidump as something to walk.
 * @throws FaultlineError `MISSING_SYSTEM_INFO`, `MISSING_THREAD_LIST`: the two streams that nothing can do without
 */
export async function minidumpCrashDump(dump: Minidump): Promise<CrashDump> {
  // Of a dump that lacks both the thread list is named, as minidump-stackwalk does.
  const threads = (await dump.get(threadList)) ?? (await dump.get(threadExList));
  if (threads === null) throw missing('MISSING_THREAD_LIST', 'The thread list stream was not found', dump);
  const system = await dump.get(systemInfo);
  if (system === null) throw missing('MISSING_SYSTEM_INFO', 'The system info stream was not found', dump);
  const exception = await dump.get(exceptionStream);
  const breakpad = await dump.get(breakpadInfo);
  const names = (await dump.get(threadNames)) ?? new Map<number, string>();
  const requestingId = exception?.threadId ?? breakpad?.requestingThreadId ?? null;
  const dumpWriter = breakpad?.dumpThreadId ?? null;
  // Of several threads with one id the last counts.
  const requesting = threads.findLastIndex(({ threadId }) => threadId === requestingId && threadId !== dumpWriter);
  return {
    format: 'minidump',
    system,
    timestamp: dump.header.timestamp,
    threads: threads.map((record) => ({
      ...dumpThread(dump, { record, system, exception: record.threadId === requestingId ? exception : null }),
      name: names.get(record.threadId) ?? null,
      isDumpWriter: record.threadId === dumpWriter,
    })),
    requestingThread: requesting === -1 ? null : requesting,
    exception,
    exceptionContext: () => exceptionContext(dump, system, exception),
    modules: (await dump.get(moduleList)) ?? [],
    unloadedModules: (await dump.get(unloadedModuleList)) ?? [],
    memory: await processMemory(dump),
    regions: await memoryMap(dump),
    facts: await processFacts(dump),
    problems: () => dump.problems,
  };
}

/** The exception's own context is preferred: the thread's is that of the code that handled it. */
function dumpThread(
  dump: Minidump,
  thread: { record: ThreadRecord; system: SystemInfo; exception: ExceptionRecord | null },
): Omit<DumpThread, 'name' | 'isDumpWriter'> {
  const { record, system, exception } = thread;
  return {
    index: record.index,
    threadId: record.threadId,
    teb: record.teb,
    context: async () =>
      (await exceptionContext(dump, system, exception)) ?? (await readContext(dump, system, record.context)),
    stack: (context) => threadStack(dump, record, context),
    shadowStack: async () =>
      system.cpu === 'amd64' ? readShadowStack(dump, hasContext(exception) ? exception.context : record.context) : null,
  };
}

async function exceptionContext(dump: Minidump, system: SystemInfo, exception: ExceptionRecord | null) {
  return exception === null ? null : readContext(dump, system, exception.context);
}

/** Writers without one leave the place empty. */
function hasContext(exception: ExceptionRecord | null): exception is ExceptionRecord {
  return exception !== null && exception.context.size > 0;
}

function missing(code: string, message: string, dump: Minidump): FaultlineError {
  const details = { problems: dump.problems.slice(0, 10) };
  return new FaultlineError('Malformed', code, message, { details, hint: 'The dump was cut short or is damaged.' });
}
