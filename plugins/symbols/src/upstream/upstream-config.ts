import { z } from 'zod';
import { plainUpstream, upstreamLayouts, type Upstream } from './upstream.js';

/** Microsoft's and Mozilla's servers as examples stand in the plugin's README. */
export const UpstreamConfig = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine((url) => !URL.canParse(url) || new URL(url).username === '', {
      error: 'has a name or password in it; put them into `credentials`, where they are not shown',
    })
    .describe('Base address.'),
  layout: z.enum(upstreamLayouts).default('breakpad').describe('How its files are laid out.'),
  maxConnections: z.coerce.number().int().min(1).max(64).default(4).describe('Connections at once, per process.'),
  timeout: z.coerce.number().int().min(100).optional().describe('Milliseconds for one download; default: `timeout`.'),
});

const headerName = /^[A-Za-z0-9-]{1,80}$/;

/** By host, because a host's credentials are the same whatever is below it. */
export const CredentialsConfig = z
  .record(
    z.string(),
    z.union([
      z.strictObject({ username: z.string().min(1), password: z.string() }),
      z.strictObject({
        headers: z.record(z.string().regex(headerName), z.string().regex(/^[\x20-\x7e]*$/)),
      }),
    ]),
  )
  .default({})
  .describe('Credentials of symbol servers by host, e.g. { symbols.example.org: { headers: { Auth-Token: ... } } }.')
  .meta({ secret: true });

interface UpstreamSettings {
  urls: readonly string[];
  upstreams: readonly z.output<typeof UpstreamConfig>[];
  credentials: z.output<typeof CredentialsConfig>;
}

/** Those of `urls` first, each with its host's credentials. */
export function upstreamsOf({ urls, upstreams, credentials }: UpstreamSettings): Upstream[] {
  const listed = upstreams.map(({ url, layout, maxConnections, timeout }) => {
    return { url, layout, headers: {}, maxConnections, timeout: timeout ?? null };
  });
  return [...urls.map(plainUpstream), ...listed].map((upstream) => {
    const { host, hostname } = new URL(upstream.url);
    const known = credentials[host] ?? credentials[hostname];
    return known === undefined ? upstream : { ...upstream, headers: headersOf(known) };
  });
}

function headersOf(known: z.output<typeof CredentialsConfig>[string]): Record<string, string> {
  if ('headers' in known) return known.headers;
  const { username, password } = known;
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}
