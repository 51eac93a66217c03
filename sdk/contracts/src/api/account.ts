import { z } from 'zod';
import { permissions } from '../access.js';

const PermissionName = z.enum(permissions);
const Time = z.string();

/** PUT /api/v1/account/password; `current` where the account has a password. All other sessions end. */
export const PasswordChange = z.strictObject({
  current: z.string().max(1000).default(''),
  next: z.string().max(1000),
});

const Grant = z.object({ permissions: z.array(PermissionName), until: Time });

/** GET /api/v1/account: who one is. */
export const AccountInfo = z.object({
  login: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  permissions: z.array(PermissionName),
  hasPassword: z.boolean(),
  origin: z.enum(['local', 'oidc']),
  /** What was granted for a time; null when nothing is, or its time is over. */
  grant: Grant.nullable(),
});
export type AccountInfo = z.output<typeof AccountInfo>;

/** GET /api/v1/account/sessions */
export const SessionList = z.object({
  sessions: z.array(
    z.object({
      id: z.string(),
      startedAt: Time,
      lastSeenAt: Time,
      expiresAt: Time,
      /** What the browser calls itself. */
      client: z.string(),
      isCurrent: z.boolean(),
    }),
  ),
});
export type SessionList = z.output<typeof SessionList>;

/** POST /api/v1/account/tokens. The permissions can't be more than one's own. */
export const TokenWish = z.strictObject({
  name: z.string().trim().min(1).max(100),
  permissions: z.array(PermissionName).max(permissions.length),
  /** Null: it never expires. */
  days: z.number().int().min(1).max(3650).nullable().default(90),
});
export type TokenWish = z.input<typeof TokenWish>;

/** The token is shown this once. */
export const TokenMade = z.object({ token: z.string() });
export type TokenMade = z.output<typeof TokenMade>;

/** GET /api/v1/account/tokens; GET /api/v1/tokens (manage) lists everybody's. */
export const TokenList = z.object({
  tokens: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      permissions: z.array(PermissionName),
      createdAt: Time,
      expiresAt: Time.nullable(),
      /** To the day; null for never, or not since uses are noted. */
      usedAt: Time.nullable(),
      /** Null: made on the machine of the server. */
      owner: z.string().nullable(),
    }),
  ),
});
export type TokenList = z.output<typeof TokenList>;

/** POST /api/v1/account/access-requests: ask to see protected data for some days. */
export const AccessWish = z.strictObject({
  permissions: z
    .array(z.enum(['view_pii', 'view_rawdump']))
    .min(1)
    .max(2),
  reason: z.string().trim().min(1).max(1000),
  days: z.number().int().min(1).max(90).default(14),
});
export type AccessWish = z.input<typeof AccessWish>;

const AccessRequestInfo = z.object({
  id: z.string(),
  login: z.string(),
  permissions: z.array(PermissionName),
  reason: z.string(),
  days: z.number(),
  askedAt: Time,
  state: z.enum(['open', 'granted', 'refused', 'revoked']),
  decidedBy: z.string().nullable(),
  until: Time.nullable(),
});

/** GET /api/v1/account/access-requests (one's own), GET /api/v1/access-requests (manage). */
export const AccessRequestList = z.object({ requests: z.array(AccessRequestInfo) });
export type AccessRequestList = z.output<typeof AccessRequestList>;

/** POST /api/v1/access-requests/:id/decision (manage); `days` in place of what was asked for. */
export const AccessDecision = z.strictObject({
  grant: z.boolean(),
  days: z.number().int().min(1).max(90).optional(),
});
export type AccessDecision = z.output<typeof AccessDecision>;

const RoleNames = z.array(z.string().min(1).max(64)).max(50);

/** POST /api/v1/users (manage) */
export const UserWish = z.strictObject({
  login: z.string().min(1).max(64),
  name: z.string().max(200).default(''),
  roles: RoleNames,
});
export type UserWish = z.input<typeof UserWish>;

/** PATCH /api/v1/users/:login (manage); what is absent stays. */
export const UserChange = z.strictObject({
  name: z.string().trim().min(1).max(200).optional(),
  roles: RoleNames.optional(),
  isDisabled: z.boolean().optional(),
});
export type UserChange = z.input<typeof UserChange>;

export const UserInfo = z.object({
  login: z.string(),
  name: z.string(),
  roles: z.array(z.string()),
  isDisabled: z.boolean(),
  origin: z.enum(['local', 'oidc']),
  hasPassword: z.boolean(),
  createdAt: Time,
  lastSignInAt: Time.nullable(),
  sessions: z.number(),
  tokens: z.number(),
  grant: Grant.nullable(),
});
export type UserInfo = z.output<typeof UserInfo>;

/** GET /api/v1/users (manage) */
export const UserList = z.object({ users: z.array(UserInfo) });
export type UserList = z.output<typeof UserList>;

/** A link that signs the user in once, to be handed over by whoever made it. */
export const UserLink = z.object({ login: z.string(), link: z.string() });
export type UserLink = z.output<typeof UserLink>;

/** PUT /api/v1/roles/:name (manage) */
export const RoleWish = z.strictObject({ permissions: z.array(PermissionName).max(permissions.length) });
export type RoleWish = z.input<typeof RoleWish>;

/** GET /api/v1/roles (manage) */
export const RoleList = z.object({
  roles: z.array(z.object({ name: z.string(), permissions: z.array(PermissionName), isBuiltIn: z.boolean() })),
});
export type RoleList = z.output<typeof RoleList>;
