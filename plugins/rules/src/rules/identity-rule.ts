import type { ProcessingRule } from '@faultline/sdk/processing-rule';

/** Who crashed, as the collector decided it from the names that clients use. */
export const identityRule: ProcessingRule = {
  id: 'rules/identity',
  title: 'Product, version, channel, process type and installation',
  version: 1,
  reads: [],
  writes: ['product', 'version', 'major_version', 'release_channel', 'process_type', 'install'],
  apply({ raw }) {
    const { product, version, channel, processType, install } = raw.metadata.identity;
    return {
      patch: {
        product: product === '' ? undefined : product,
        version: version === '' ? undefined : version,
        major_version: majorVersion(version),
        release_channel: channel === '' ? undefined : channel,
        process_type: processType === '' || processType === 'main' ? 'parent' : processType,
        install: install === '' ? undefined : install,
      },
    };
  },
};

/** The number before the first dot; 0 when there is none. */
function majorVersion(version: string): number {
  const digits = /^\d{1,9}/.exec(version)?.[0];
  return digits === undefined ? 0 : Number(digits);
}
