import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { connect, credsAuthenticator, errors } from '@nats-io/transport-node';
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node';
import type { Logger, Milliseconds } from '@faultline/sdk';
import { FaultlineError } from '@faultline/sdk/errors';
import type { BusConfig } from './bus-config.js';

/** A start goes on without the NATS after so long; the connection comes when it comes. */
const patience: Milliseconds = 5000;
const retryAfter: Milliseconds = 500;

/**
 * A connection that is made once and kept for ever: away for a while is a state, not an error. Refused credentials are
 * an error, for waiting mends nothing.
 */
export class NatsLink {
  /** Of this moment; null until the first connection, and while the server is away. */
  connection: NatsConnection | null = null;
  readonly #first: Promise<NatsConnection>;
  readonly #stop = new AbortController();
  readonly #returns = new Set<() => void>();

  private constructor(
    first: Promise<NatsConnection>,
    private readonly logger: Logger,
  ) {
    this.#first = first.then((connection) => this.#keep(connection));
    this.#first.catch(() => {
      // Who waits for the connection hears of it.
    });
  }

  /** Throws `PermissionDenied BUS_REFUSED`, and `Malformed BUS_FILE_UNREADABLE`. */
  static async open(config: BusConfig, parts: { logger: Logger; folder: string; name: string }): Promise<NatsLink> {
    const options = await connectionOptions(config, parts);
    try {
      return new NatsLink(Promise.resolve(await connect(options)), parts.logger).#ready();
    } catch (error) {
      if (error instanceof errors.AuthorizationError || error instanceof errors.UserAuthenticationExpiredError) {
        throw new FaultlineError('PermissionDenied', 'BUS_REFUSED', `NATS at ${config.url} refuses this server.`, {
          hint: 'Look at bus.user, bus.password, bus.token and bus.credentials.',
          cause: error,
        });
      }
      parts.logger.warn({ url: config.url, error: String(error) }, 'NATS is not there yet; the queue waits for it');
      const link = new NatsLink(connect({ ...options, waitOnFirstConnect: true }), parts.logger);
      await Promise.race([link.#first, new Promise((resolve) => setTimeout(resolve, patience).unref())]);
      return link;
    }
  }

  /** The connection, when there is one now. Throws `Unavailable BUS_UNAVAILABLE`. */
  require(): NatsConnection {
    if (this.#stop.signal.aborted) throw new FaultlineError('Unavailable', 'BUS_CLOSED', 'The bus is closed.');
    if (this.connection !== null) return this.connection;
    throw new FaultlineError('Unavailable', 'BUS_UNAVAILABLE', 'NATS does not answer.', {
      hint: 'Work goes on when it is back: what was received is kept, and put into the queue then.',
    });
  }

  /** Runs when the first connection stands, at once when it does; never after the close. */
  whenFirst(use: (connection: NatsConnection) => void): void {
    if (this.connection !== null) return use(this.connection);
    this.#first.then(
      (connection) => {
        if (!this.#stop.signal.aborted) use(connection);
      },
      () => {
        // Closed before it ever connected.
      },
    );
  }

  /** Resolves when there is a connection (again), when `limit` is over, or when aborted. */
  async untilBack(limit: Milliseconds, signal: AbortSignal): Promise<void> {
    if (this.connection !== null || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#returns.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, limit);
      this.#returns.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  async close(): Promise<void> {
    this.#stop.abort();
    const { connection } = this;
    this.connection = null;
    for (const back of [...this.#returns]) back();
    // What was written is on its way before the connection goes; a server that is away must not hold up the end.
    if (connection === null) void this.#first.then((late) => late.close()).catch(() => {});
    else await Promise.race([connection.drain().catch(() => connection.close()), delay(2000)]);
  }

  async #ready(): Promise<NatsLink> {
    await this.#first;
    return this;
  }

  #keep(connection: NatsConnection): NatsConnection {
    this.connection = connection;
    for (const back of [...this.#returns]) back();
    void this.#follow(connection);
    return connection;
  }

  async #follow(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (this.#stop.signal.aborted) return;
      if (type === 'disconnect') {
        this.connection = null;
        this.logger.warn('NATS is away; the queue waits for it');
      } else if (type === 'reconnect') {
        this.connection = connection;
        this.logger.info('NATS is back');
        for (const back of [...this.#returns]) back();
      }
    }
  }
}

async function connectionOptions(
  config: BusConfig,
  { folder, name }: { folder: string; name: string },
): Promise<NodeConnectionOptions> {
  const { url = '', user, password, token, credentials, tls } = config;
  const at = (file: string) => path.resolve(folder, file);
  const options: NodeConnectionOptions = {
    servers: url.split(',').map((one) => one.trim()),
    name,
    maxReconnectAttempts: -1,
    reconnectTimeWait: retryAfter,
    reconnectJitter: 100,
    reconnectJitterTLS: 100,
    // A server that hangs is noticed within a minute.
    pingInterval: 20_000,
    ...(user === undefined ? {} : { user }),
    ...(password === undefined ? {} : { pass: password }),
    ...(token === undefined ? {} : { token }),
  };
  if (credentials !== undefined) options.authenticator = credsAuthenticator(await readBytes(at(credentials)));
  if (tls !== undefined) {
    options.tls = {
      ...(tls.ca === undefined ? {} : { ca: await readText(at(tls.ca)) }),
      ...(tls.cert === undefined ? {} : { cert: await readText(at(tls.cert)) }),
      ...(tls.key === undefined ? {} : { key: await readText(at(tls.key)) }),
    };
  }
  return options;
}

async function readText(file: string): Promise<string> {
  return Buffer.from(await readBytes(file)).toString('utf8');
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new FaultlineError('Malformed', 'BUS_FILE_UNREADABLE', `The file ${file} of the bus can’t be read.`, {
      hint: 'Look at bus.credentials and bus.tls; relative paths start at the data folder.',
      cause: error,
    });
  }
}

function delay(time: Milliseconds): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, time).unref());
}
