/** What the server and its fronts tell each other: control over Node's channel, questions over `FrontChannel`. */
import type { JsonValue } from '@faultline/sdk';
import type { ServerConfig } from '../../config/core-config.js';
import type { LogLevel } from '../../services/pino-logger.js';

export interface FrontSettings {
  server: Pick<ServerConfig, 'host' | 'port' | 'tls' | 'basePath' | 'trustedProxies'>;
  dataFolder: string;
  logLevel: LogLevel;
  /** Unix socket at which the server takes what no front module wants. */
  handOnTo: string;
  modules: { id: string; module: string; options: JsonValue }[];
}

/** From the server. `listen` carries the listening socket. */
export type FrontControl = { kind: 'prepare'; settings: FrontSettings } | { kind: 'listen' } | { kind: 'stop' };

/** From a front: it can take connections in the very turn in which it gets the socket. */
export interface FrontReport {
  kind: 'ready';
}

export interface Question {
  id: number;
  /** Id of the `HttpFront` that is asked. */
  front: string;
  question: unknown;
}

export type Answer = { id: number; answer: object } | { id: number; error: string };

/** Descriptor of the pipe in a front. */
export const channelDescriptor = 4;

/** Header under which a front hands on whom it has the request from. Believed on the server's own socket only. */
export const peerHeader = 'x-faultline-front-peer';

export interface Peer {
  address: string;
  isSecure: boolean;
}
