import type { ProcessingRule } from '@faultline/sdk/processing-rule';

const goodKey = /^[A-Za-z0-9_-]+$/;
/** Longer names are cut. */
const keyLength = 100;

/** Which annotations and parts the report carried: lets one search for reports that have some annotation. */
export const reportKeysRule: ProcessingRule = {
  id: 'rules/report-keys',
  title: 'Names of annotations and parts',
  version: 2,
  reads: [],
  writes: ['crash_report_keys'],
  apply({ raw }) {
    const said = Object.keys(raw.annotations).filter((key) => raw.annotations[key] !== null);
    const keys = [...said, ...raw.parts.map((part) => part.name)].map((key) => key.slice(0, keyLength));
    const good = [...new Set(keys.filter((key) => goodKey.test(key)))].sort();
    const bad = new Set(keys).size - good.length;
    return {
      patch: { crash_report_keys: good },
      notes: bad === 0 ? [] : [`invalidkeys: ${bad} annotations have names beyond letters, digits, _ and -`],
    };
  },
};
