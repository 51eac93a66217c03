import { FaultlineError, type Permission, type Principal, type RouteAccess } from '@faultline/sdk';
import { isLoopback } from '../http/loopback.js';

/** What people who have not signed in may read. */
export interface AnonymousAccess {
  mode: 'none' | 'public-fields';
  /** Nobody said so in the configuration: it follows from listening on loopback only. */
  isImplied: boolean;
}

/** Whether the caller may use a route. */
export class AccessPolicy {
  constructor(readonly anonymous: AnonymousAccess) {}

  /**
   * @param hostHeader a page elsewhere whose name was rebound to 127.0.0.1 has its own name here: reading that is
   *   open only because the server is on loopback is not open to it
   */
  mayReadAnonymously(hostHeader: string | undefined): boolean {
    if (this.anonymous.mode === 'none') return false;
    return !this.anonymous.isImplied || isLoopback(hostName(hostHeader ?? ''));
  }

  /** Throws `PermissionDenied SIGN_IN_REQUIRED | PERMISSION_MISSING`. */
  require(access: RouteAccess, principal: Principal, hostHeader: string | undefined): void {
    if (access === 'open') return;
    if (access === 'reader' && principal.kind === 'anonymous' && this.mayReadAnonymously(hostHeader)) return;
    if (principal.kind === 'anonymous') {
      throw new FaultlineError('PermissionDenied', 'SIGN_IN_REQUIRED', 'This needs signing in.', {
        hint: '`faultline login-link` on the server prints a link that signs in; programs send an Auth-Token.',
      });
    }
    if (access === 'reader' || access === 'signed-in' || principal.permissions.has(access)) return;
    throw permissionMissing(access, principal);
  }
}

function permissionMissing(permission: Permission, principal: Principal): FaultlineError {
  return new FaultlineError('PermissionDenied', 'PERMISSION_MISSING', `${principal.name} may not do this.`, {
    hint: `It takes the permission "${permission}".`,
    details: { permission },
  });
}

function hostName(header: string): string {
  return header.startsWith('[') ? header.slice(0, header.indexOf(']') + 1) : (header.split(':')[0] ?? '');
}
