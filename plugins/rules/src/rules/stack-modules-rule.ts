import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { crashingFrames, crashingThreadIndex, stackwalkJson, type StackModule } from '../stackwalk-json.js';

/** Breakpad's id of a module that has none. */
const noDebugId = '0'.repeat(33);

/** Which modules stand on the crashing stack, which lack symbols, and where the source begins. */
export const stackModulesRule: ProcessingRule = {
  id: 'rules/stack-modules',
  title: 'Modules on the stack, missing symbols, topmost file',
  version: 4,
  reads: ['json_dump'],
  writes: ['modules_in_stack', 'missing_symbols', 'topmost_filenames'],
  applies: ({ processed }) => stackwalkJson(processed) !== null,
  apply({ processed }) {
    const json = stackwalkJson(processed) ?? {};
    const frames = crashingFrames(json);
    // A module without a name is not that of the frames without one.
    const named = (json.modules ?? []).flatMap((module) =>
      module.filename ? [[module.filename, module] as const] : [],
    );
    const modules = new Map(named);
    // Without a known crashing thread it is nobody's stack; the source file is that of thread 0, which is signed.
    const isKnown = crashingThreadIndex(json) !== null;
    const onStack = (isKnown ? frames : []).flatMap((frame) => {
      const module = modules.get(frame.module ?? '');
      return module === undefined ? [] : [`${fileName(module.filename)}/${hexDigits(module.debug_id)}`];
    });
    // Folklore: a symbol server behind a sign-in page answers with that page. Its module had "corrupt" symbols, was in
    // no list of what is missing, and its crashes were not mended when the right file came.
    const missing = (json.modules ?? []).filter(
      (module) => (module.missing_symbols || module.corrupt_symbols) && module.filename,
    );
    const topmost = frames
      .flatMap((frame) => [...(frame.inlines ?? []), frame])
      .find((frame) => typeof frame.file === 'string' && frame.file !== '')?.file;
    return {
      patch: {
        modules_in_stack: joined(onStack),
        missing_symbols: joined(missing.map(describe)),
        topmost_filenames: topmost ?? undefined,
      },
    };
  },
};

/** Lists are text with `;` between, sorted, each once: what Socorro's searches split. Absent when empty. */
function joined(items: string[]): string | undefined {
  return items.length === 0 ? undefined : [...new Set(items)].sort().join(';');
}

function describe(module: StackModule): string {
  const version = (module.version || 'None').replaceAll('/', '\\/');
  const codeId = hexDigits(module.code_id);
  const parts = [fileName(module.filename), version, hexId(module.debug_id)];
  return [...parts, ...(codeId === '' ? [] : [codeId])].join('/');
}

function fileName(name: string | null | undefined): string {
  return (name ?? '').replace(/[^A-Za-z0-9_.-]/g, '');
}

function hexDigits(id: string | null | undefined): string {
  return (id ?? '').replace(/[^A-Fa-f0-9]/g, '');
}

function hexId(id: string | null | undefined): string {
  return hexDigits(id) || noDebugId;
}
