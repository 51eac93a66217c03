import type { Permission } from '@faultline/sdk';

/** What each permission lets somebody do, as keys of texts. */
export const permissionWords = {
  view_pii: 'roles.may.viewPii',
  view_rawdump: 'roles.may.viewRawdump',
  reprocess: 'roles.may.reprocess',
  triage: 'roles.may.triage',
  upload_symbols: 'roles.may.uploadSymbols',
  manage: 'roles.may.manage',
} as const satisfies Record<Permission, string>;
