import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { FaultlineError } from '@faultline/sdk/errors';
import type { Logger, Milliseconds } from '@faultline/sdk';
import type { ServerConfig } from '../config/core-config.js';
import { connectionLimits } from './connection-limits.js';
import { TlsFiles } from './tls-files.js';

/** Requests in hand when the server stops have so long. */
const drainLimit: Milliseconds = 10_000;

export interface WebServerOptions {
  config: Pick<ServerConfig, 'host' | 'port' | 'tls'>;
  dataFolder: string;
  listener: RequestListener;
  logger: Logger;
  tlsInterval?: Milliseconds;
}

/** A listening server. */
export class WebServer {
  private constructor(
    /** Its socket may be shared with other processes. */
    readonly server: Server,
    private readonly scheme: 'http' | 'https',
    private readonly config: WebServerOptions['config'],
    private readonly dispose: () => void,
  ) {}

  /** Throws `Conflict PORT_TAKEN`, `PermissionDenied PORT_FORBIDDEN`, `Malformed HOST_INVALID | TLS_FILES_INVALID`. */
  static async listen(options: WebServerOptions): Promise<WebServer> {
    const web = await WebServer.prepare(options);
    try {
      await bind(web.server, options.config);
    } catch (error) {
      web.dispose();
      throw error;
    }
    return web;
  }

  /** One that does not listen yet: see `takeOver`. Throws `Malformed TLS_FILES_INVALID`. */
  static async prepare({ config, dataFolder, listener, logger, tlsInterval }: WebServerOptions): Promise<WebServer> {
    if (config.tls === undefined) {
      return new WebServer(createServer(connectionLimits, listener), 'http', config, () => {});
    }
    const files = new TlsFiles(config.tls, dataFolder);
    const server = createSecureServer({ ...connectionLimits, ...(await files.read()) }, listener);
    const unwatch = files.watch((pair) => server.setSecureContext(pair), logger, tlsInterval);
    return new WebServer(server, 'https', config, unwatch);
  }

  /**
   * Listens on the socket of another process. Folklore: a socket accepts from the moment it arrives here, and what
   * nobody takes then is never answered; so this is to be called in the very turn in which it arrives.
   */
  takeOver(shared: NetServer): void {
    this.server.listen(shared);
  }

  /** What it listens at: `http://127.0.0.1:7070`. */
  get url(): string {
    const { host } = this.config;
    const { port } = this.server.address() as AddressInfo;
    return `${this.scheme}://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
  }

  /** Takes no more connections; requests in hand are finished, within 10 s. */
  async close(): Promise<void> {
    this.dispose();
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    const sweep = setInterval(() => this.server.closeIdleConnections(), 50);
    const limit = setTimeout(() => this.server.closeAllConnections(), drainLimit);
    await closed;
    clearInterval(sweep);
    clearTimeout(limit);
  }
}

async function bind(server: Server, { host, port }: Pick<ServerConfig, 'host' | 'port'>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(bindError(error, host, port)));
    server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port, backlog: 2048 }, resolve);
  });
}

function bindError(error: NodeJS.ErrnoException, host: string, port: number): FaultlineError {
  switch (error.code) {
    case 'EADDRINUSE':
      return new FaultlineError('Conflict', 'PORT_TAKEN', `Port ${port} of ${host} is taken by another program.`, {
        hint: 'Stop that program, or choose another port: --port 7071, or `server.port` in faultline.yaml.',
      });
    case 'EACCES':
      return new FaultlineError('PermissionDenied', 'PORT_FORBIDDEN', `This user may not listen on port ${port}.`, {
        hint: 'Choose a port above 1023 and let a proxy stand before it.',
      });
    default:
      return new FaultlineError('Malformed', 'HOST_INVALID', `Can't listen on ${host}:${port}: ${error.message}.`, {
        hint: '`server.host` must be an address of this machine, 127.0.0.1 or 0.0.0.0.',
        cause: error,
      });
  }
}
