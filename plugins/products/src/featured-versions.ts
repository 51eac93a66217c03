import type { ProductSettings, Release } from '@faultline/sdk';

/** Stands in `featuredVersions` for the newest version of each channel. */
const newestOfChannels = 'auto';
const mostChannels = 10;

/**
 * The versions that are offered first, each once.
 * @param releases of the product, newest first
 */
export function featuredVersions(
  { featuredVersions: wanted }: Pick<ProductSettings, 'featuredVersions'>,
  releases: readonly Release[],
): string[] {
  return [...new Set(wanted.flatMap((version) => (version === newestOfChannels ? newest(releases) : [version])))];
}

function newest(releases: readonly Release[]): string[] {
  const byChannel = new Map<string, string>();
  for (const { channel, version } of releases) if (!byChannel.has(channel)) byChannel.set(channel, version);
  return [...byChannel.values()].slice(0, mostChannels);
}
