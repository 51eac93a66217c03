import type { ProcessingRule, RuleInput } from '@faultline/sdk/processing-rule';
import { annotationText } from '../annotation.js';
import { osPrettyVersion } from '../os-pretty-version.js';
import { stackwalkJson } from '../stackwalk-json.js';

/** The operating system: from the dump, else from what the client says. */
export const osRule: ProcessingRule = {
  id: 'rules/os',
  title: 'Operating system',
  version: 2,
  reads: ['json_dump'],
  writes: ['os_name', 'os_version', 'os_pretty_version'],
  apply(input) {
    const { name, version } = operatingSystem(input);
    const distribution =
      stackwalkJson(input.processed)?.lsb_release?.description ||
      annotationText(input.raw, 'LinuxLSBDescription') ||
      annotationText(input.raw, 'lsb-release');
    return {
      patch: {
        os_name: name,
        os_version: version,
        os_pretty_version: osPrettyVersion({ name, version, distribution }),
      },
    };
  },
};

function operatingSystem({ raw, processed }: RuleInput): { name: string; version: string } {
  const system = stackwalkJson(processed)?.system_info;
  const android = /^(\S+)(?: \(.*\))?$/.exec(annotationText(raw, 'Android_Version'))?.[1] ?? '';
  const name =
    system?.os?.trim() || annotationText(raw, 'OS') || (android === '' ? raw.metadata.identity.platform : 'Android');
  // "REL" or a code name is no version to compare; the kernel's number that a dump gives says nothing of Android.
  if (name === 'Android' && android !== '') return { name, version: /^\d/.test(android) ? android : '' };
  return { name: name === '' ? 'Unknown' : name, version: system?.os_ver?.trim() || annotationText(raw, 'OSVersion') };
}
