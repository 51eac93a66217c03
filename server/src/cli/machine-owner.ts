import { userInfo } from 'node:os';
import type { Administrator } from '../auth/user-administration.js';

/** Who works on the machine of the server: the audit log names the system's user. */
export function machineOwner(): Administrator {
  return { id: 'machine', name: `${systemUser()} on the server's machine` };
}

function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a number that no file gives a name.
    return `user ${process.getuid?.() ?? ''}`.trim();
  }
}
