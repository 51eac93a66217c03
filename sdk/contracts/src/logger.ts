/** Structured logging, the shape of pino's: facts first, then a sentence. Never log private annotations. */
export interface Logger {
  debug(message: string): void;
  debug(facts: object, message: string): void;
  info(message: string): void;
  info(facts: object, message: string): void;
  warn(message: string): void;
  warn(facts: object, message: string): void;
  error(message: string): void;
  error(facts: object, message: string): void;
  /** A logger that adds these facts to each line. */
  child(facts: object): Logger;
}
