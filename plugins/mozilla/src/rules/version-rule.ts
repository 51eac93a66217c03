import { annotationFields, type ProcessingRule } from '@faultline/sdk/processing-rule';
import { betaKey, type BetaVersions } from '../beta-versions.js';

const betaProducts = ['Firefox', 'Thunderbird'];
const betaChannels = ['beta', 'aurora'];
/** From this build on, aurora is the Developer Edition, with betas of its own. */
const firstDeveloperEdition = '20170601';

/**
 * Versions as people know them. Firefox calls itself "140.5.0" on the channel esr and "152.0" in every beta; nightly
 * builds of Fenix once called themselves "Nightly" and a date. Which beta it was, the release of its build id tells;
 * without one it becomes "b0", as in Socorro.
 */
export function versionRule(betas: BetaVersions): ProcessingRule {
  return {
    id: 'mozilla/version',
    title: 'Versions of ESR, beta and nightly builds',
    version: 2,
    reads: ['product', 'release_channel', 'build', annotationFields],
    writes: ['version'],
    after: ['rules/identity'],
    apply({ processed }) {
      const { product = '', version = '' } = processed;
      const channel = String(processed['release_channel'] ?? '').toLowerCase();
      if (product === 'Fenix' && version.startsWith('Nightly ')) {
        return { patch: { version: '0.0a1' }, notes: ['Fenix nightly version changed to 0.0a1'] };
      }
      if (channel === 'esr') {
        if (version === '') return { notes: ["'version' missing from esr release processed_crash"] };
        return { patch: { version: `${version}esr` } };
      }
      if (version === '' || !betaProducts.includes(product) || !betaChannels.includes(channel)) return {};
      const buildId = String(processed['build'] ?? '');
      const isDeveloperEdition = product === 'Firefox' && channel === 'aurora' && buildId > firstDeveloperEdition;
      const key = betaKey({ product: isDeveloperEdition ? 'DevEdition' : product, channel, buildId });
      const found = Object.hasOwn(betas, key) ? betas[key] : undefined;
      if (found !== undefined) return { patch: { version: found } };
      const note = `release channel is ${channel} but no version data was found - added "b0" suffix to version number`;
      return { patch: { version: `${version}b0` }, notes: [note] };
    },
  };
}
