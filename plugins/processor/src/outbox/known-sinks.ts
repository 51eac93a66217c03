import type { ContributionList, CrashSink, Disposer, Logger, SinkNames, StateStore } from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';

const key = ['processor', 'sinks'] as const;

/** The sinks of this process, and those that the processors of the folder wrote down. */
export class KnownSinks implements SinkNames {
  constructor(
    private readonly options: {
      sinks: Pick<ContributionList<CrashSink>, 'all' | 'onChange'>;
      state: Pick<StateStore, 'get' | 'set'>;
      /** A processor has all of them: it need not look. */
      hasAll: boolean;
    },
  ) {}

  async all(): Promise<string[]> {
    const { state, hasAll } = this.options;
    if (hasAll) return this.own();
    const told = await state.get<string[]>(key);
    return [...new Set([...this.own(), ...(told?.value ?? [])])];
  }

  /** Writes them down, now and after each change, for processes that have not all of them. */
  tell(logger: Pick<Logger, 'warn'>): Disposer {
    const write = () => {
      this.options.state.set(key, this.own()).catch((error: unknown) => {
        logger.warn({ error: asFaultlineError(error) }, 'Other processes could not be told which sinks there are');
      });
    };
    write();
    return this.options.sinks.onChange(write);
  }

  private own(): string[] {
    return this.options.sinks.all().map(({ value }) => value.id);
  }
}
