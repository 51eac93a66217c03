import type { ModuleSymbols, SymbolProvider } from '@faultline/sdk/module-symbols';
import type { DebugTally } from './symbolication-debug.js';
import type { MappedModule, StackEntry, SymbolicationJob } from './symbolication-request.js';

export interface SymbolicatedFrame {
  frame: number;
  module: string;
  /** Hexadecimal with `0x`. */
  module_offset: string;
  function?: string;
  function_offset?: string;
  file?: string;
  line?: number;
  /** Innermost first. */
  inlines?: { function: string; file?: string; line?: number }[];
}

export interface SymbolicatedJob {
  stacks: SymbolicatedFrame[][];
  /** By `file/id`: symbols were found, were not, or (null) nobody asked. */
  found_modules: Record<string, boolean | null>;
}

/** What a symbol file's own first lines call the binary; null where that is not known. */
export type CodeFileOf = (module: MappedModule) => string | null;

export interface SymbolicationParts {
  provider: Pick<SymbolProvider, 'find'>;
  codeFileOf: CodeFileOf;
  /** Told what it costs; null when nobody asked. */
  tally: Pick<DebugTally, 'noteFrame' | 'noteLookup'> | null;
}

/** Answers version 5. Each module is looked up at most once, and only when a frame is in it. */
export async function symbolicate(
  job: SymbolicationJob,
  { provider, codeFileOf, tally }: SymbolicationParts,
): Promise<SymbolicatedJob> {
  const found = new Map<number, Promise<ModuleSymbols | null>>();
  const symbolsOf = (index: number): Promise<ModuleSymbols | null> => {
    const known = found.get(index);
    if (known !== undefined) return known;
    const [debugFile = '', debugId = ''] = job.memoryMap[index] ?? [];
    const began = performance.now();
    const wanted = provider.find({ codeFile: '', codeId: '', debugFile, debugId }).then(({ symbols, attempts }) => {
      tally?.noteLookup([debugFile, debugId], attempts, (performance.now() - began) / 1000);
      return symbols;
    });
    found.set(index, wanted);
    return wanted;
  };
  const stacks: SymbolicatedFrame[][] = [];
  for (const stack of job.stacks) {
    const frames: SymbolicatedFrame[] = [];
    for (const [index, entry] of stack.entries()) {
      tally?.noteFrame(job.memoryMap[entry[0]]);
      frames.push(await frameOf(index, entry, { memoryMap: job.memoryMap, symbolsOf, codeFileOf }));
    }
    stacks.push(frames);
  }
  const found_modules: Record<string, boolean | null> = {};
  for (const [index, [debugFile, debugId]] of job.memoryMap.entries()) {
    const symbols = await found.get(index);
    found_modules[`${debugFile}/${debugId}`] = symbols === undefined ? null : symbols !== null;
  }
  return { stacks, found_modules };
}

async function frameOf(
  frame: number,
  [index, offset]: StackEntry,
  facts: {
    memoryMap: readonly MappedModule[];
    symbolsOf(index: number): Promise<ModuleSymbols | null>;
    codeFileOf: CodeFileOf;
  },
): Promise<SymbolicatedFrame> {
  const module_offset = `${offset < 0 ? '-' : ''}0x${Math.abs(offset).toString(16)}`;
  const mapped = facts.memoryMap[index];
  if (mapped === undefined) return { frame, module: '<unknown>', module_offset };
  const symbols = offset < 0 ? null : await facts.symbolsOf(index);
  const module = symbols === null ? mapped[0] : (facts.codeFileOf(mapped) ?? symbols.moduleRecord.name);
  const place = await symbols?.symbolize(offset);
  if (place === undefined || place === null) return { frame, module, module_offset };
  return {
    frame,
    module,
    module_offset,
    function: place.function,
    function_offset: `0x${(offset - place.functionAddress).toString(16)}`,
    ...(place.file === null ? {} : { file: place.file }),
    ...(place.line === null ? {} : { line: place.line }),
    ...(place.inlines.length === 0
      ? {}
      : {
          inlines: place.inlines.map(({ function: name, file, line }) => ({
            function: name,
            ...(file === null ? {} : { file }),
            ...(line === null ? {} : { line }),
          })),
        }),
  };
}

/** The same as version 4 has it: one text a frame. */
export function inVersion4({ stacks, found_modules }: SymbolicatedJob): {
  symbolicatedStacks: string[][];
  knownModules: (boolean | null)[];
} {
  return {
    symbolicatedStacks: stacks.map((stack) =>
      stack.map((frame) => `${frame.function ?? frame.module_offset} (in ${frame.module})`),
    ),
    knownModules: Object.values(found_modules),
  };
}
