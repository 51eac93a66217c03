import { annotationFields, type ProcessingRule } from '@faultline/sdk/processing-rule';

const betaProducts = ['Firefox', 'Thunderbird'];
const betaChannels = ['beta', 'aurora'];

/**
 * Versions as people know them. Firefox calls itself "140.5.0" on the channel esr and "152.0" in every beta; nightly
 * builds of Fenix once called themselves "Nightly" and a date. Which beta it was, only Mozilla's build database knows:
 * rules open no connections, so it becomes "b0", as Socorro does for builds that it doesn't find.
 */
export const versionRule: ProcessingRule = {
  id: 'mozilla/version',
  title: 'Versions of ESR, beta and nightly builds',
  version: 1,
  reads: ['product', 'release_channel', annotationFields],
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
    const note = `release channel is ${channel} but no version data was found - added "b0" suffix to version number`;
    return { patch: { version: `${version}b0` }, notes: [note] };
  },
};
