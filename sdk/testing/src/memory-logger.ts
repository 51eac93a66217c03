import type { Logger } from '@faultline/sdk';

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  message: string;
  facts: Record<string, unknown>;
}

/** Keeps its lines for the test to look at; prints nothing. Children share the list. */
export class MemoryLogger implements Logger {
  constructor(
    readonly lines: LogLine[] = [],
    private readonly own: object = {},
  ) {}

  debug = this.writer('debug');
  info = this.writer('info');
  warn = this.writer('warn');
  error = this.writer('error');

  child(facts: object): Logger {
    return new MemoryLogger(this.lines, { ...this.own, ...facts });
  }

  /** Messages of one level, for `expect`. */
  messages(level: LogLine['level']): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.message);
  }

  private writer(level: LogLine['level']) {
    return (factsOrMessage: object | string, message?: string): void => {
      const facts = typeof factsOrMessage === 'string' ? {} : factsOrMessage;
      const text = typeof factsOrMessage === 'string' ? factsOrMessage : (message ?? '');
      this.lines.push({ level, message: text, facts: { ...this.own, ...facts } });
    };
  }
}
