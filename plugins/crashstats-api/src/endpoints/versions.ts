import type { Endpoint } from '../endpoint.js';
import { required } from '../parameters.js';
import type { Parts } from '../parts.js';

/** Version strings of a build, which crash reports of betas don't tell. */
export function versionString(parts: Parts): Endpoint {
  return {
    name: 'VersionString',
    summary: 'Crash Stats: versions of a build',
    methods: ['GET'],
    async answer(_, parameters) {
      const [product = ''] = required(parameters, 'product');
      const [channel = ''] = required(parameters, 'channel');
      const [buildId = ''] = required(parameters, 'build_id');
      const versions = (await parts.products?.versionsOf({ product, channel, buildId })) ?? [];
      const shown = channel === 'beta' || channel === 'aurora' ? betasOrCandidate(versions) : versions;
      return { hits: shown.map((version) => ({ version_string: version })), total: shown.length };
    },
  };
}

/** One build may be a beta and a release candidate: the beta counts; without one, just the candidate. */
function betasOrCandidate(versions: readonly string[]): string[] {
  const candidates = versions.filter((version) => version.includes('rc'));
  const betas = versions.filter((version) => version.includes('b') && !candidates.includes(version));
  return betas.length > 0 ? versions.filter((version) => !candidates.includes(version)) : candidates;
}
