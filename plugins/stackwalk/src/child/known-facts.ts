import type { KnownFacts } from '@faultline/minidump';

/**
 * Facts of the raw crash that belong into a stack walker's output, as minidump-stackwalk's `--evil-json` takes them:
 * `ModuleSignatureInfo` is an object (or JSON text of one) of certificate subject to list of modules, and
 * `CPUMicrocodeVersion` is "0x2b". Anything of another shape is left out.
 *
 * @param annotations a raw crash's annotations, or null
 */
export function knownFacts(annotations: unknown): KnownFacts {
  if (typeof annotations !== 'object' || annotations === null) return {};
  const { ModuleSignatureInfo: signatures, CPUMicrocodeVersion: microcode } = annotations as Record<string, unknown>;
  return {
    certificates: certificatesOf(typeof signatures === 'string' ? parse(signatures) : signatures),
    ...(typeof microcode === 'string' ? { microcodeVersion: microcode } : {}),
  };
}

function certificatesOf(signatures: unknown): Map<string, string> {
  const certificates = new Map<string, string>();
  if (typeof signatures !== 'object' || signatures === null) return certificates;
  for (const [subject, modules] of Object.entries(signatures)) {
    if (!Array.isArray(modules)) continue;
    for (const module of modules) if (typeof module === 'string') certificates.set(module, subject);
  }
  return certificates;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Annotations are what a client made of them; without certificates the walk is as good.
    return null;
  }
}
