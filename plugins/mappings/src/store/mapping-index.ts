/** Which bytes of a mapping each class has, so that a frame costs one small read whatever the mapping's size is. */
import { FaultlineError } from '@faultline/sdk/errors';
import { parseClassLine } from '../retrace/class-mapping.js';

/** `[obfuscated, original, offset, length]`. */
export type ClassPlace = [string, string, number, number];

export interface MappingFacts {
  /** `pg_map_id`, `pg_map_hash`: what traces name the mapping by. */
  ids: string[];
  compiler: string;
  classes: ClassPlace[];
}

const mostClasses = 1_000_000;
const longestLine = 1024 * 1024;

/** Takes a mapping's bytes as they come. */
export class MappingIndexer {
  private rest: Buffer = Buffer.alloc(0);
  private offset = 0;
  private open: { names: { original: string; obfuscated: string }; start: number } | null = null;
  private readonly facts: MappingFacts = { ids: [], compiler: '', classes: [] };

  /** @throws FaultlineError `MAPPING_MALFORMED` */
  push(chunk: Uint8Array): void {
    const bytes = this.rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.rest, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      this.line(bytes.subarray(start, end));
      this.offset += end + 1 - start;
      start = end + 1;
    }
    this.rest = bytes.subarray(start);
    if (this.rest.length > longestLine) throw malformed('it has a line of more than a megabyte');
  }

  finish(): MappingFacts {
    if (this.rest.length > 0) this.line(this.rest);
    this.offset += this.rest.length;
    this.close();
    if (this.facts.classes.length === 0) throw malformed('it names no class; lines like "a.b.C -> x.y:" are wanted');
    return this.facts;
  }

  private line(bytes: Buffer): void {
    const first = bytes[0];
    // Members are indented, and are read when a frame needs them.
    if (first === undefined || first === 0x20 || first === 0x09 || first === 0x0d) return;
    const line = bytes.toString('utf8');
    if (first === 0x23) {
      this.comment(line);
      return;
    }
    const names = parseClassLine(line);
    if (names === null)
      throw malformed(`this line is none of a mapping: "${line.slice(0, 100).replace(/[^\x20-\x7e]/g, '?')}"`);
    this.close();
    if (this.facts.classes.length >= mostClasses) throw malformed(`it has more than ${mostClasses} classes`);
    this.open = { names, start: this.offset };
  }

  private comment(line: string): void {
    if (this.open !== null) return;
    const [, id] = /^#\s*pg_map_(?:id|hash):\s*(?:SHA-256\s+)?([0-9a-zA-Z_-]{4,128})\s*$/.exec(line) ?? [];
    if (id !== undefined) this.facts.ids.push(id.toLowerCase());
    const [, compiler] = /^#\s*compiler:\s*(.{1,60})/.exec(line) ?? [];
    if (compiler !== undefined) this.facts.compiler = compiler.trim();
  }

  private close(): void {
    if (this.open === null) return;
    const { names, start } = this.open;
    this.facts.classes.push([names.obfuscated, names.original, start, this.offset - start]);
    this.open = null;
  }
}

export function malformed(reason: string): FaultlineError {
  return new FaultlineError('Malformed', 'MAPPING_MALFORMED', `The mapping can't be used: ${reason}.`, {
    hint: 'R8 and ProGuard write it as mapping.txt beside the app they build.',
  });
}
