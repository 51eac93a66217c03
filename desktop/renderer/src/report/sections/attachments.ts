import type { CrashReport } from '@faultline/sdk/api';

export type Part = CrashReport['parts'][number];

/** Parts that are no dumps. */
export function attachmentsOf(report: CrashReport): Part[] {
  return report.parts.filter((part) => !part.name.startsWith('upload_file_minidump'));
}

export type Preview =
  | { kind: 'text'; text: string; isCut: boolean }
  | { kind: 'image'; type: string; bytes: Uint8Array<ArrayBuffer> }
  | { kind: 'none' };

/** What is fetched of a part to look at; the rest is for the download. */
export const mostPreviewed = 256 * 1024;

const signatures: [type: string, bytes: number[]][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
];

/**
 * What can be shown of bytes that anybody may have sent: a picture by its first bytes, never by the client's word, and
 * only of kinds that hold no scripts; text when it is UTF-8 without control characters; else nothing.
 */
export function previewOf(bytes: Uint8Array<ArrayBuffer>, isWhole: boolean): Preview {
  const image = signatures.find(([, head]) => head.every((byte, at) => bytes[at] === byte));
  if (image !== undefined) return isWhole ? { kind: 'image', type: image[0], bytes } : { kind: 'none' };
  const text = asText(bytes, isWhole);
  return text === null ? { kind: 'none' } : { kind: 'text', text, isCut: !isWhole };
}

function asText(bytes: Uint8Array, isWhole: boolean): string | null {
  try {
    // A character that the cut went through is no fault of the text.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !isWhole });
    const odd = text.slice(0, 4096).match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/g)?.length ?? 0;
    return odd > 0 ? null : text;
  } catch {
    // No text.
    return null;
  }
}
