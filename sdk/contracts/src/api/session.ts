import { z } from 'zod';
import { permissions } from '../access.js';

/** GET /api/v1/session: who the caller is, and what this server lets them do. */
export const SessionInfo = z.object({
  kind: z.enum(['anonymous', 'user', 'token']),
  name: z.string(),
  /** Of the caller's account; null for tokens and for people who have not signed in. */
  login: z.string().nullable(),
  permissions: z.array(z.enum(permissions)),
  /** Anonymous may read public fields. */
  anonymousMayRead: z.boolean(),
  /** Sent back as `x-faultline-csrf` with every request that changes something; null when no session. */
  csrfToken: z.string().nullable(),
});
export type SessionInfo = z.output<typeof SessionInfo>;

/** POST /api/v1/session: sign in with the code of a one-time link (`/sign-in#code=...`), a token, or a password. */
export const SignIn = z.union([
  z.strictObject({ login: z.string().min(1).max(64), password: z.string().min(1).max(1000) }),
  z.strictObject({ code: z.string().min(1).max(200) }),
  z.strictObject({ token: z.string().min(1).max(200) }),
]);
export type SignIn = z.output<typeof SignIn>;

/** GET /api/v1/session/ways: what the sign-in page offers beside one-time links and tokens. */
export const SignInWays = z.object({
  /** Some account has a password. */
  password: z.boolean(),
  /** The button's words; it leads to `/api/v1/oidc/start?next=`. */
  oidc: z.object({ label: z.string() }).nullable(),
});
export type SignInWays = z.output<typeof SignInWays>;

/** GET /api/v1/version */
export const VersionInfo = z.object({
  version: z.string(),
  /** Grows with each addition to the API. */
  api: z.number().int(),
  oldestClient: z.number().int(),
});
export type VersionInfo = z.output<typeof VersionInfo>;

/** Body of every error. */
export const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    hint: z.string().optional(),
    details: z.record(z.string(), z.unknown()).optional(),
  }),
});
export type ErrorBody = z.output<typeof ErrorBody>;
