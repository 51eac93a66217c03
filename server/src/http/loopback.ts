import { FaultlineError } from '@faultline/sdk/errors';
import type { ServerConfig } from '../config/core-config.js';

/** Only programs of this machine reach such an address. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

/** Sign-in codes and reports must not cross a network in the clear: throws `PermissionDenied BIND_INSECURE`. */
export function requireSafeBinding({ host, tls, trustedProxies }: ServerConfig): void {
  if (isLoopback(host) || tls !== undefined || trustedProxies.length > 0) return;
  throw new FaultlineError(
    'PermissionDenied',
    'BIND_INSECURE',
    `Refusing to listen on ${host} in plain http, where passwords and crash reports could be read on the way.`,
    { hint: 'Set `server.tls` (cert, key), or name the proxy that brings TLS in `server.trustedProxies`.' },
  );
}

/** Whether everybody who reaches the server is on this machine: the default of what anonymous people may read. */
export function isPrivate({ host, publicUrl, trustedProxies }: ServerConfig): boolean {
  if (!isLoopback(host) || trustedProxies.length > 0) return false;
  return publicUrl === undefined || isLoopback(new URL(publicUrl).hostname);
}
