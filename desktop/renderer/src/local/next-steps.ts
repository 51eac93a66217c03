import { list, record, text, type StackReport } from '../reading/stack-model.js';
import type { LocalDump } from './local-dump.js';

/** What stands in the way of knowing more, most useful first. */
export interface NextSteps {
  /** Modules on the crashing thread's stack without symbols, in the order of the stack. */
  lacking: string[];
  /** Modules of other threads without symbols. */
  lackingElsewhere: number;
  hasNoCrash: boolean;
  /** What could not be read of the dump. */
  problems: { stream: string; code: string; message: string }[];
}

export function nextSteps({ stack, state }: Pick<LocalDump, 'stack' | 'state'>): NextSteps {
  if (stack === null || state !== 'done') return { lacking: [], lackingElsewhere: 0, hasNoCrash: false, problems: [] };
  const lacking = modulesWithoutNames(stack, (index) => stack.threads[index]?.isCrashing === true);
  const elsewhere = modulesWithoutNames(stack, (index) => stack.threads[index]?.isCrashing !== true);
  return {
    lacking: [...lacking],
    lackingElsewhere: [...elsewhere].filter((name) => !lacking.has(name)).length,
    hasNoCrash: stack.crashingThread === null,
    problems: list(stack.faultline['problems']).map((value) => {
      const problem = record(value);
      return { stream: text(problem['stream']), code: text(problem['code']), message: text(problem['message']) };
    }),
  };
}

function modulesWithoutNames(stack: StackReport, isAsked: (thread: number) => boolean): Set<string> {
  const frames = stack.threads.filter(({ index }) => isAsked(index)).flatMap((thread) => thread.frames);
  return new Set(
    frames.filter(({ module, function: name }) => module !== '' && name === '').map(({ module }) => module),
  );
}
