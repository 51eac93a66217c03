import type { JsonValue } from '@faultline/sdk';
import { mainDumpName } from '@faultline/sdk/raw-crash';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';

/** What the collector noted, and the checksum that finds equal dumps. */
export const collectorRule: ProcessingRule = {
  id: 'rules/collector',
  title: "The collector's notes and the dump's checksum",
  version: 1,
  reads: [],
  writes: ['collector_metadata', 'minidump_sha256_hash'],
  apply({ raw }) {
    const { identity: _identity, ...metadata } = raw.metadata;
    return {
      patch: {
        collector_metadata: metadata as Record<string, JsonValue>,
        minidump_sha256_hash: raw.metadata.dump_checksums[mainDumpName] ?? '',
      },
    };
  },
};
