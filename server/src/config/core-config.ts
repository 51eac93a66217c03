import { z } from 'zod';

/** The host's own sections of `faultline.yaml`; every other section belongs to the plugin of that id. */

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'an address like https://crashes.example.org' })
  .transform((url) => url.replace(/\/+$/, ''));

export const ServerConfig = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1').describe('Address to listen on. 0.0.0.0 is every interface.'),
    port: z.number().int().min(0).max(65_535).default(7070).describe('Port to listen on; 0 takes a free one.'),
    publicUrl: httpUrl
      .optional()
      .describe('Address that people and crash reporters use, when a proxy or a name stands before the server.'),
    basePath: z
      .string()
      .regex(/^(\/[\w.~-]+)*\/?$/, 'a path like /faultline')
      .default('')
      .transform((path) => path.replace(/\/+$/, ''))
      .describe('Path before every route, when the server does not stand at the root of its host.'),
    trustedProxies: z
      .array(z.string().min(1))
      .default([])
      .describe('Addresses or networks (10.0.0.0/8) whose X-Forwarded-For and X-Forwarded-Proto are believed.'),
    tls: z
      .strictObject({
        cert: z.string().min(1).describe('PEM file with the certificate and its chain; read again when it changes.'),
        key: z.string().min(1).describe('PEM file with the private key.'),
      })
      .optional()
      .describe('Own TLS certificate. Relative paths start at the data folder.'),
  })
  .prefault({});
export type ServerConfig = z.output<typeof ServerConfig>;

const openToAll = (what: string) =>
  z.boolean().optional().describe(`${what} without signing in. Absent: yes on loopback, else no.`);

export const OidcConfig = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/, error: 'the address of an OpenID provider' })
    .describe('Address of the OpenID provider, as in its metadata.'),
  clientId: z.string().min(1).describe('Id that the provider knows this server by.'),
  clientSecret: z.string().min(1).optional().describe('Secret that goes with it.').meta({ secret: true }),
  clientSecretFile: z
    .string()
    .min(1)
    .optional()
    .describe('File with the secret, in place of clientSecret. A relative path starts at the data folder.'),
  label: z.string().min(1).max(60).default('Single sign-on').describe('What the button on the sign-in page says.'),
  scopes: z
    .array(z.string().min(1))
    .default(['openid', 'profile', 'email'])
    .describe('What the provider is asked for.'),
  groupsClaim: z.string().min(1).default('groups').describe("Claim with the names of the person's groups."),
  roles: z
    .record(z.string(), z.string())
    .default({})
    .describe('Role of each group, e.g. {crash-admins: admin}. They are set anew at each sign-in.'),
  defaultRole: z.string().optional().describe('Role of people in none of these groups. Absent: they may not enter.'),
});
export type OidcConfig = z.output<typeof OidcConfig>;

export const AccessConfig = z
  .strictObject({
    anonymous: z
      .enum(['none', 'public-fields'])
      .optional()
      .describe('What people who have not signed in may read. Absent: public-fields on loopback, else none.'),
    symbolDownload: openToAll('Symbol files can be downloaded'),
    symbolicate: openToAll('/symbolicate answers'),
    statusPage: openToAll('The status of the server can be read'),
    sessionHours: z.number().min(0.1).max(8760).default(336).describe('So long a person stays signed in, in hours.'),
    oidc: OidcConfig.optional().describe('Sign-in by an OpenID provider.'),
  })
  .prefault({});
export type AccessConfig = z.output<typeof AccessConfig>;

export const LogConfig = z
  .strictObject({
    level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('Least level that is logged.'),
  })
  .prefault({});
export type LogConfig = z.output<typeof LogConfig>;

export const PluginFolders = z
  .array(z.string().min(1))
  .default([])
  .describe('More plugins: folders (relative to this file) or names of installed packages.');

export const DisabledPlugins = z.array(z.string()).default([]).describe('Ids of plugins that are not to run.');
