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

/** A listening server. */
export class WebServer {
  /** What it listens at: `http://127.0.0.1:7070`. */
  readonly url: string;

  private constructor(
    /** Its socket may be shared with other processes. */
    readonly server: Server,
    scheme: string,
    host: string,
    private readonly dispose: () => void,
  ) {
    const { port } = server.address() as AddressInfo;
    this.url = `${scheme}://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
  }

  /** Throws `Conflict PORT_TAKEN`, `PermissionDenied PORT_FORBIDDEN`, `Malformed HOST_INVALID | TLS_FILES_INVALID`. */
  static async listen(options: {
    config: Pick<ServerConfig, 'host' | 'port' | 'tls'>;
    dataFolder: string;
    listener: RequestListener;
    logger: Logger;
    tlsInterval?: Milliseconds;
    /** A server whose socket is taken instead of one of our own: what another process has shared. */
    shared?: NetServer;
  }): Promise<WebServer> {
    const { config, listener, logger, shared } = options;
    if (config.tls === undefined) {
      const server = createServer(connectionLimits, listener);
      await bind(server, config, shared);
      return new WebServer(server, 'http', config.host, () => {});
    }
    const files = new TlsFiles(config.tls, options.dataFolder);
    const server = createSecureServer({ ...connectionLimits, ...(await files.read()) }, listener);
    await bind(server, config, shared);
    const unwatch = files.watch((pair) => server.setSecureContext(pair), logger, options.tlsInterval);
    return new WebServer(server, 'https', config.host, unwatch);
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

async function bind(
  server: Server,
  { host, port }: Pick<ServerConfig, 'host' | 'port'>,
  shared: NetServer | undefined,
): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(bindError(error, host, port)));
    if (shared !== undefined) server.listen(shared, resolve);
    else server.listen({ host: host.replace(/^\[(.*)\]$/, '$1'), port, backlog: 2048 }, resolve);
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
