import type { IncomingMessage } from 'node:http';
import type { Peer } from './front-messages.js';

const peers = new WeakMap<IncomingMessage, Peer>();

/** Who sent a request that a front handed on; null when it came straight to us. */
export function handedOnFor(request: IncomingMessage): Peer | null {
  return peers.get(request) ?? null;
}

export function noteHandedOn(request: IncomingMessage, peer: Peer): void {
  peers.set(request, peer);
}
