import { unwatchFile, watchFile } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createSecureContext } from 'node:tls';
import { FaultlineError } from '@faultline/sdk/errors';
import type { Disposer, Logger, Milliseconds } from '@faultline/sdk';

export interface TlsPair {
  cert: Buffer;
  key: Buffer;
}

/** The certificate and key of `server.tls`. */
export class TlsFiles {
  readonly #cert: string;
  readonly #key: string;

  constructor(files: { cert: string; key: string }, dataFolder: string) {
    this.#cert = path.resolve(dataFolder, files.cert);
    this.#key = path.resolve(dataFolder, files.key);
  }

  /** Throws `Malformed TLS_FILES_INVALID` when they can't be read, or are no pair. */
  async read(): Promise<TlsPair> {
    try {
      const pair = { cert: await readFile(this.#cert), key: await readFile(this.#key) };
      createSecureContext(pair);
      return pair;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new FaultlineError('Malformed', 'TLS_FILES_INVALID', `The TLS certificate can't be used: ${reason}.`, {
        hint: `\`server.tls\` names ${this.#cert} and ${this.#key}; they must be a PEM certificate and its key.`,
        cause: error,
      });
    }
  }

  /** Calls back with the new pair after a change. One half written, or a bad file, leaves the old pair in use. */
  watch(use: (pair: TlsPair) => void, logger: Logger, interval: Milliseconds = 5000): Disposer {
    const reload = (): void => {
      this.read().then(
        (pair) => {
          use(pair);
          logger.info('the TLS certificate was read again');
        },
        (error: unknown) => logger.error({ err: error }, 'the changed TLS certificate is not used'),
      );
    };
    // Polling sees what a rename or a swapped symlink does, which file events miss.
    for (const file of [this.#cert, this.#key]) watchFile(file, { interval, persistent: false }, reload);
    return () => {
      for (const file of [this.#cert, this.#key]) unwatchFile(file, reload);
    };
  }
}
