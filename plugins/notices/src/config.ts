import { z } from 'zod';

const file = (what: string) =>
  z.string().min(1).optional().describe(`File with ${what}. A relative path starts at the data folder.`);

const webhook = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Where notices are posted as JSON.'),
    urlFile: file('the address, in place of url: addresses of chats are secrets'),
    secret: z.string().min(8).optional().describe('Signs each body: header X-Faultline-Signature, HMAC-SHA256.'),
    secretFile: file('the secret'),
  })
  .refine(({ url, urlFile }) => (url === undefined) !== (urlFile === undefined), 'name either url or urlFile');
export type WebhookConfig = z.output<typeof webhook>;

const address = z.string().regex(/^[^\s@]+@[^\s@]+$/, 'a mail address');

const mail = z.strictObject({
  host: z.string().min(1).describe('The mail server.'),
  port: z.int().min(1).max(65_535).default(587).describe('Its port; 465 is TLS from the start.'),
  secure: z.boolean().optional().describe('TLS from the start; absent: on port 465.'),
  requireTls: z.boolean().default(true).describe('Refuse to send without STARTTLS; false for a relay on this machine.'),
  user: z.string().min(1).optional().describe('Who signs in there.'),
  password: z.string().min(1).optional().describe('Password that goes with it.').meta({ secret: true }),
  passwordFile: file('the password, in place of password'),
  from: address.describe('Sender.'),
  to: z.array(address).min(1).max(50).describe('Who gets them.'),
});
export type MailConfig = z.output<typeof mail>;

/** Section `notices:` of the configuration. */
export const NoticesConfig = z
  .strictObject({
    after: z
      .int()
      .min(0)
      .max(86_400)
      .default(30)
      .describe('Seconds that a warning must hold before it goes out; what is over by then goes nowhere.'),
    remind: z.int().min(0).max(720).default(24).describe('Hours between reminders of what still holds; 0 for none.'),
    retryFor: z
      .int()
      .min(1)
      .max(720)
      .default(24)
      .describe('Hours for which a message that does not go through is tried again.'),
    timeout: z.int().min(100).max(120_000).default(10_000).describe('Milliseconds that one attempt may take.'),
    firstRetry: z
      .int()
      .min(10)
      .max(600_000)
      .default(5000)
      .describe('Milliseconds to the second attempt, then doubled.'),
    webhooks: z
      .record(z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'lower-case letters, digits and dashes'), webhook)
      .default({})
      .describe('Addresses by a name of yours.')
      .meta({ secret: true }),
    mail: mail.optional().describe('Send notices by SMTP.'),
  })
  .prefault({});
export type NoticesConfig = z.output<typeof NoticesConfig>;
