import type { UnixMillis } from './units.js';

/** What a principal may do. Reading public fields needs none of these. */
export const permissions = ['view_pii', 'view_rawdump', 'reprocess', 'triage', 'upload_symbols', 'manage'] as const;
export type Permission = (typeof permissions)[number];

/** Built-in roles and what they bring. */
export const roles = {
  viewer: [],
  triager: ['triage', 'reprocess'],
  maintainer: ['triage', 'reprocess', 'view_pii', 'view_rawdump', 'upload_symbols'],
  admin: [...permissions],
} as const satisfies Record<string, readonly Permission[]>;
export type Role = keyof typeof roles;

/** Who asks. */
export interface Principal {
  kind: 'anonymous' | 'user' | 'token';
  /** Stable; "" for anonymous. */
  id: string;
  name: string;
  permissions: ReadonlySet<Permission>;
  /** Of a token: until when it is good. Null or absent: it does not end, or it is none. */
  expiresAt?: UnixMillis | null;
}

export const anonymous: Principal = { kind: 'anonymous', id: '', name: 'anonymous', permissions: new Set() };
