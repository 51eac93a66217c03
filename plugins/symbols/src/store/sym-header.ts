/** What the first lines of a symbol file say of the module it is for. */
import { normalDebugId } from '@faultline/symbols/symbol-path';

export interface SymHeader {
  os: string;
  architecture: string;
  debugId: string;
  debugFile: string;
  /** "" when there is no INFO CODE_ID. */
  codeId: string;
  codeFile: string;
  generator: string;
}

/** So much of a file is looked at; dump_syms writes these lines first. */
export const headerBytes = 64 * 1024;

/** Null when the text does not begin with a MODULE record. */
export function readSymHeader(start: Uint8Array): SymHeader | null {
  const lines = new TextDecoder().decode(start.subarray(0, headerBytes)).split(/\r?\n/, 200);
  const module = /^MODULE (\S+) (\S+) ([0-9A-Fa-f-]+) (.+)$/.exec(lines[0]?.replace(/^\ufeff/, '') ?? '');
  const [, os = '', architecture = '', id = '', debugFile = ''] = module ?? [];
  const debugId = normalDebugId(id);
  if (debugId === null) return null;
  const header: SymHeader = { os, architecture, debugId, debugFile, codeId: '', codeFile: '', generator: '' };
  for (const line of lines.slice(1)) {
    const code = /^INFO CODE_ID ([0-9A-Fa-f]{1,64})(?: (.+))?$/.exec(line);
    if (code !== null) {
      header.codeId = (code[1] ?? '').toUpperCase();
      header.codeFile = code[2] ?? '';
    }
    const generator = /^INFO GENERATOR (.{1,200})/.exec(line);
    if (generator !== null) header.generator = generator[1] ?? '';
    if (!/^(INFO|MODULE) /.test(line)) break;
  }
  return header;
}
