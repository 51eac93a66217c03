import { asFaultlineError } from '@faultline/sdk/errors';

/** Something in the dump that could not be read, or was cut off by a limit. The rest was read. */
export interface DumpProblem {
  /** Name of the stream or fact ("ThreadNames"); "header" for the container itself. */
  stream: string;
  /** Stable code: `MINIDUMP_TRUNCATED`, `LIMIT_REACHED`, `DUPLICATE_STREAM`, … */
  code: string;
  message: string;
}

/** Bounded list of problems: a hostile dump cannot fill memory with complaints. */
export class DumpProblems {
  static readonly most = 200;
  readonly list: DumpProblem[] = [];

  add(problem: DumpProblem): void {
    if (this.list.length < DumpProblems.most) this.list.push(problem);
    else if (this.list.length === DumpProblems.most) {
      this.list.push({ stream: 'header', code: 'LIMIT_REACHED', message: 'Further problems are not listed' });
    }
  }

  failed(stream: string, error: unknown): void {
    const known = asFaultlineError(error, 'STREAM_FAILED');
    this.add({ stream, code: known.code, message: known.message });
  }

  limited(stream: string, what: string, found: number, limit: number): void {
    this.add({ stream, code: 'LIMIT_REACHED', message: `${found} ${what}, of which ${limit} are read` });
  }
}
