import {
  FaultlineError,
  switchedAccess,
  type Permission,
  type Principal,
  type RouteAccess,
  type SwitchedAccess,
} from '@faultline/sdk';
import type { AccessConfig } from '../config/core-config.js';
import { isLoopback } from '../http/loopback.js';

/** What a rule of access says, and whether somebody said so. */
export interface Opening {
  isOpen: boolean;
  /** Nobody said so in the configuration: it follows from listening on loopback only. */
  isImplied: boolean;
}

/** What people who have not signed in may use. */
export interface Openings {
  reports: Opening;
  switched: Record<SwitchedAccess, Opening>;
}

/** @param isPrivate everybody who reaches the server is on its machine */
export function openingsOf(config: AccessConfig, isPrivate: boolean): Openings {
  const opening = (wish: boolean | undefined): Opening => ({
    isOpen: wish ?? isPrivate,
    isImplied: wish === undefined,
  });
  return {
    reports: opening(config.anonymous === undefined ? undefined : config.anonymous === 'public-fields'),
    switched: {
      'symbol-download': opening(config.symbolDownload),
      symbolicate: opening(config.symbolicate),
      'status-page': opening(config.statusPage),
    },
  };
}

/** Whether the caller may use a route. */
export class AccessPolicy {
  constructor(private readonly openings: Openings) {}

  /**
   * @param hostHeader a page elsewhere whose name was rebound to 127.0.0.1 has its own name here: reading that is
   *   open only because the server is on loopback is not open to it
   */
  mayReadAnonymously(hostHeader: string | undefined): boolean {
    return isOpenTo(this.openings.reports, hostHeader);
  }

  /** Throws `PermissionDenied SIGN_IN_REQUIRED | PERMISSION_MISSING`. */
  require(access: RouteAccess, principal: Principal, hostHeader: string | undefined): void {
    if (access === 'open') return;
    if (principal.kind === 'anonymous') {
      if (access === 'reader' && this.mayReadAnonymously(hostHeader)) return;
      if (isSwitched(access) && isOpenTo(this.openings.switched[access], hostHeader)) return;
      throw new FaultlineError('PermissionDenied', 'SIGN_IN_REQUIRED', 'This needs signing in.', {
        hint: '`faultline login-link` on the server prints a link that signs in; programs send an Auth-Token.',
      });
    }
    if (access === 'reader' || access === 'signed-in' || isSwitched(access) || principal.permissions.has(access))
      return;
    throw permissionMissing(access, principal);
  }
}

function isOpenTo({ isOpen, isImplied }: Opening, hostHeader: string | undefined): boolean {
  return isOpen && (!isImplied || isLoopback(hostName(hostHeader ?? '')));
}

function isSwitched(access: RouteAccess): access is SwitchedAccess {
  return (switchedAccess as readonly string[]).includes(access);
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
