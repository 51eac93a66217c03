import { BlockList, isIP } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { FaultlineError } from '@faultline/sdk/errors';
import { handedOnFor } from './front/handed-on.js';

/** Addresses of proxies whose X-Forwarded-* headers are believed. */
export class TrustedProxies {
  readonly #list = new BlockList();
  readonly isEmpty: boolean;

  /** @param networks addresses or CIDR blocks; throws `Malformed CONFIG_INVALID` for anything else */
  constructor(networks: readonly string[]) {
    this.isEmpty = networks.length === 0;
    for (const network of networks) {
      const [address = '', bits] = network.split('/');
      const family = isIP(address);
      const width = bits === undefined ? (family === 6 ? 128 : 32) : Number(bits);
      if (family === 0 || !Number.isInteger(width) || width < 0 || width > (family === 6 ? 128 : 32)) {
        throw new FaultlineError(
          'Malformed',
          'CONFIG_INVALID',
          `\`server.trustedProxies\`: "${network}" is no network.`,
          {
            hint: 'Give addresses (10.0.0.5) or networks (10.0.0.0/8, fd00::/8).',
          },
        );
      }
      this.#list.addSubnet(address, width, family === 6 ? 'ipv6' : 'ipv4');
    }
  }

  has(address: string): boolean {
    if (this.isEmpty) return false;
    const plain = withoutMapping(address);
    const family = isIP(plain);
    return family !== 0 && this.#list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  }

  /** The client: the last address of the chain that is no trusted proxy. */
  clientOf(request: IncomingMessage): string {
    const handedOn = handedOnFor(request);
    if (handedOn !== null) return handedOn.address;
    const peer = withoutMapping(request.socket.remoteAddress ?? '');
    if (!this.has(peer)) return peer;
    const chain = String(request.headers['x-forwarded-for'] ?? '')
      .split(',')
      .map((entry) => withoutMapping(entry.trim()))
      .filter((entry) => isIP(entry) !== 0);
    for (let hop = chain.pop(); hop !== undefined; hop = chain.pop()) {
      if (!this.has(hop)) return hop;
    }
    return peer;
  }

  /** Came over TLS, to us or to a trusted proxy. */
  isSecure(request: IncomingMessage): boolean {
    const handedOn = handedOnFor(request);
    if (handedOn !== null) return handedOn.isSecure;
    if ('encrypted' in request.socket && request.socket.encrypted === true) return true;
    if (!this.has(request.socket.remoteAddress ?? '')) return false;
    return (
      String(request.headers['x-forwarded-proto'] ?? '')
        .split(',')[0]
        ?.trim() === 'https'
    );
  }
}

/** `::ffff:10.0.0.1` is how a dual-stack socket names 10.0.0.1. */
function withoutMapping(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
}
