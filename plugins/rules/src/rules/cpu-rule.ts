import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { annotationText } from '../annotation.js';
import { stackwalkJson } from '../stackwalk-json.js';

/** Android's names of processor families. */
const androidAbis: Record<string, string> = {
  'armeabi-v7a': 'arm',
  'arm64-v8a': 'arm64',
  x86_64: 'amd64',
  x86: 'x86',
};

/** The processor: from the dump, else from what the client says. */
export const cpuRule: ProcessingRule = {
  id: 'rules/cpu',
  title: 'Processor',
  version: 1,
  reads: ['json_dump'],
  writes: ['cpu_arch', 'cpu_info', 'cpu_count', 'cpu_microcode_version'],
  apply({ raw, processed }) {
    const system = stackwalkJson(processed)?.system_info;
    return {
      patch: {
        cpu_arch:
          known(system?.cpu_arch) ??
          saidArchitecture(annotationText(raw, 'CPUArchitecture')) ??
          saidArchitecture(annotationText(raw, 'Android_CPU_ABI')) ??
          saidArchitecture(annotationText(raw, 'osarch')) ??
          'unknown',
        cpu_info: known(system?.cpu_info) ?? known(annotationText(raw, 'CPUInfo')) ?? 'unknown',
        cpu_count: system?.cpu_count ?? 0,
        cpu_microcode_version: system?.cpu_microcode_version ?? undefined,
      },
    };
  },
};

function known(value: string | null | undefined): string | null {
  return value === undefined || value === null || value === '' || value === 'unknown' ? null : value;
}

function saidArchitecture(said: string): string | null {
  const name = known(said);
  return name === null ? null : (androidAbis[name] ?? name);
}
