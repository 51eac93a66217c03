import type { Milliseconds } from '@faultline/sdk/units';

/**
 * How a server lays files out: `breakpad` has `.sym` files (Mozilla, Electron, another Faultline), `symsrv` PDBs and
 * binaries by name (Microsoft), `debuginfod` ELF files by build id (distributions).
 */
export const upstreamLayouts = ['breakpad', 'symsrv', 'debuginfod'] as const;
export type UpstreamLayout = (typeof upstreamLayouts)[number];

/** A server that may have symbols. A type, not an interface: it travels to walkers as JSON. */
export type Upstream = {
  url: string;
  layout: UpstreamLayout;
  /** Sent to this server alone, never to one that it redirects to. */
  headers: Record<string, string>;
  /** Connections at once, per process. */
  maxConnections: number;
  /** For one download as a whole; null: as all. */
  timeout: Milliseconds | null;
};

/** One that only its address is known of. */
export function plainUpstream(url: string): Upstream {
  return { url, layout: 'breakpad', headers: {}, maxConnections: 4, timeout: null };
}
