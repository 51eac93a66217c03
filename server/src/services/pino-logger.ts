import { pino, stdTimeFunctions } from 'pino';
import type { Logger } from '@faultline/sdk';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Logs to stderr: readable lines when it is a terminal, one JSON object a line otherwise. Writes are synchronous, so
 * that the last words of a dying process arrive.
 * @param pretty overrides what the terminal says
 */
export async function createLogger(options: { level: LogLevel; pretty?: boolean }): Promise<Logger> {
  const base = {
    level: options.level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), bindings: () => ({}) },
  };
  if (!(options.pretty ?? process.stderr.isTTY)) {
    const logger: Logger = pino(base, pino.destination({ fd: 2, sync: true }));
    return logger;
  }
  const { default: pretty } = await import('pino-pretty');
  const stream = pretty({
    destination: 2,
    sync: true,
    ignore: 'plugin,requestId',
    translateTime: 'SYS:HH:MM:ss',
    messageFormat: (line, key) =>
      `${typeof line['plugin'] === 'string' ? `${line['plugin']}: ` : ''}${String(line[key])}`,
  });
  const logger: Logger = pino(base, stream);
  return logger;
}
