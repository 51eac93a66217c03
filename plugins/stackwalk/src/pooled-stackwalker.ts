import {
  mainDumpName,
  type CrashStorage,
  type ContributionList,
  type Clock,
  type JsonValue,
  type Stackwalker,
  type StackwalkResult,
  type SymbolSource,
  type WalkEvent,
} from '@faultline/sdk';
import type { WalkOutcome } from './pool/walker-process.js';
import type { WalkerPool } from './pool/walker-pool.js';
import { symbolCounts } from './walk-counters.js';

const tool = 'faultline-stackwalk';

/** Of the time limit: a walk that is over by then gives part of its stacks, which is better than being killed. */
const shareOfTime = 0.8;

export interface StackwalkerParts {
  pool: WalkerPool;
  storage: CrashStorage;
  sources: ContributionList<SymbolSource>;
  clock: Clock;
  version: string;
  limits: { timeLimit: number; memoryLimit: number };
  /** Told of every walk that ended. */
  finished: (event: WalkEvent) => void;
}

/** Walks dumps of stored crashes in processes that can be killed. Every dump gets a status; none hurts the host. */
export class PooledStackwalker implements Stackwalker {
  readonly id = 'stackwalk';
  readonly title = 'Stack walker';

  constructor(private readonly parts: StackwalkerParts) {}

  async walk(job: Parameters<Stackwalker['walk']>[0], signal: AbortSignal): Promise<StackwalkResult> {
    const began = this.parts.clock.monotonic();
    const finish = (status: string, json: StackwalkResult['json'], notes: string[] = []): StackwalkResult => {
      const duration = this.parts.clock.monotonic() - began;
      const prefix = job.part === mainDumpName ? '' : `${job.part}: `;
      const { version, finished } = this.parts;
      const result = { status, json, tool, version, duration, notes: notes.map((note) => prefix + note) };
      const symbols = symbolCounts(json);
      finished({ crashId: job.crashId, part: job.part, status, milliseconds: duration, symbols });
      return result;
    };
    const dump = await this.parts.storage.locatePart(job.crashId, job.part);
    if (dump === null) return finish('MissingMinidump', null, ['the dump is not in the store']);
    if ('bytes' in dump && dump.bytes.byteLength === 0) return finish('EmptyMinidump', null, ['the dump has 0 bytes']);

    const timeBudget = Math.floor(this.parts.limits.timeLimit * shareOfTime);
    const request = { dump, sources: this.#sources(productOf(job.raw)), evil: job.raw, timeBudget };
    const outcome = await this.parts.pool.walk(request, signal);
    signal.throwIfAborted();
    return this.#result(outcome, finish);
  }

  checkHealth(): Promise<void> {
    return this.parts.pool.checkHealth();
  }

  #result(
    outcome: WalkOutcome,
    finish: (status: string, json: StackwalkResult['json'], notes?: string[]) => StackwalkResult,
  ): StackwalkResult {
    const { timeLimit, memoryLimit } = this.parts.limits;
    switch (outcome.kind) {
      case 'reply': {
        const { reply } = outcome;
        if (reply.ok) return finish('OK', JSON.parse(reply.json) as Record<string, JsonValue>);
        return finish(reply.status, null, [`the dump could not be walked: ${reply.message}`]);
      }
      case 'timeout':
        return finish('Timeout', null, [`walking took longer than ${timeLimit} ms and was stopped`]);
      case 'memory-limit':
        return finish('MemoryLimit', null, [`walking took more than ${memoryLimit} bytes and was stopped`]);
      case 'died':
        return finish('WalkerDied', null, [`the walking process died: ${outcome.reason}`]);
      case 'aborted':
        return finish('Aborted', null, ['walking was stopped with the server']);
    }
  }

  #sources(product: string) {
    return this.parts.sources
      .all()
      .map(({ value }) => value)
      .sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1))
      .map((source) => ({ module: source.module, options: source.optionsFor?.(product) ?? source.options }));
  }
}

/** "" when the report names none. */
function productOf(annotations: JsonValue): string {
  if (typeof annotations !== 'object' || annotations === null || Array.isArray(annotations)) return '';
  const { ProductName: product } = annotations;
  return typeof product === 'string' ? product : '';
}
