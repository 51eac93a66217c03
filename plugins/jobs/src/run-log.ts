import type { Clock, Logger } from '@faultline/sdk';
import type { JobLogLine } from './job-run-record.js';

const mostOfEach = 200;
const longestLine = 500;

/** The first lines of a run, and the last ones: how it began and how it ended. */
export class RunLog {
  private readonly first: JobLogLine[] = [];
  private readonly last: JobLogLine[] = [];

  add(line: JobLogLine): void {
    const kept = { ...line, message: line.message.slice(0, longestLine) };
    if (this.first.length < mostOfEach) {
      this.first.push(kept);
      return;
    }
    this.last.push(kept);
    if (this.last.length > mostOfEach) this.last.shift();
  }

  lines(): JobLogLine[] {
    return [...this.first, ...this.last];
  }
}

/** Logs as another one does, and keeps the sentences (not the facts) for the history. */
export class RunLogger implements Logger {
  constructor(
    private readonly target: Logger,
    private readonly log: RunLog,
    private readonly clock: Clock,
  ) {}

  debug(facts: object | string, message?: string): void {
    this.tell('debug', facts, message);
  }

  info(facts: object | string, message?: string): void {
    this.tell('info', facts, message);
  }

  warn(facts: object | string, message?: string): void {
    this.tell('warn', facts, message);
  }

  error(facts: object | string, message?: string): void {
    this.tell('error', facts, message);
  }

  child(facts: object): Logger {
    return new RunLogger(this.target.child(facts), this.log, this.clock);
  }

  private tell(level: JobLogLine['level'], facts: object | string, message = ''): void {
    if (typeof facts === 'string') {
      this.target[level](facts);
      if (level !== 'debug') this.log.add({ at: this.clock.now(), level, message: facts });
      return;
    }
    this.target[level](facts, message);
    if (level !== 'debug') this.log.add({ at: this.clock.now(), level, message });
  }
}
