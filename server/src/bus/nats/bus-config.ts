import { z } from 'zod';

const file = (what: string) =>
  z.string().min(1).optional().describe(`${what} Relative paths start at the data folder.`);

/** Section `bus:` of the configuration. */
export const BusConfig = z
  .strictObject({
    url: z
      .string()
      .regex(
        /^(nats|tls):\/\/[^\s/@,]+(,\s*(nats|tls):\/\/[^\s/@,]+)*$/,
        'addresses like nats://127.0.0.1:4222, by commas',
      )
      .optional()
      .describe('NATS servers with JetStream. Absent: the queue is embedded, and one server process holds the folder.'),
    prefix: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,31}$/, 'lower-case letters, digits and dashes')
      .default('faultline')
      .describe('First part of every subject and name, so that several installations may share a NATS.'),
    user: z.string().min(1).optional().describe('User name, when the NATS asks for one.'),
    password: z.string().min(1).optional().describe('Password of that user.').meta({ secret: true }),
    token: z.string().min(1).optional().describe('Token, when the NATS asks for one.').meta({ secret: true }),
    credentials: file('A .creds file (JWT and seed).'),
    replicas: z.int().min(1).max(5).default(1).describe('Copies of the queue in a NATS cluster.'),
    tls: z
      .strictObject({
        ca: file('PEM file with the authorities to trust.'),
        cert: file('PEM file with our certificate, when the NATS asks for one.'),
        key: file('PEM file with its key.'),
      })
      .optional()
      .describe('TLS to the NATS; `tls: {}` trusts the authorities of the system.'),
  })
  .prefault({});
export type BusConfig = z.output<typeof BusConfig>;
