/**
 * Splits a multipart body (RFC 2046) while it arrives. It never holds more than one chunk, a delimiter's length and
 * one part's headers, and looks at each byte once. Bodies are as hostile as the internet: what is not well-formed
 * throws `MalformedReport invalid_payload_structure`.
 */
import { MalformedReport } from '../malformed-report.js';
import { parsePartHeaders, type PartHeaders } from './part-headers.js';

/** `bytes` are a view of the chunk that was pushed: use them before the next push, or copy them. */
export type MultipartEvent =
  /** A part that lay in one chunk, as nearly all annotations do. */
  | { kind: 'whole'; headers: PartHeaders; bytes: Buffer }
  | { kind: 'part'; headers: PartHeaders }
  | { kind: 'data'; bytes: Buffer }
  | { kind: 'part-end' };

/** Bytes of headers that one part may have. */
const headerLimit = 8 * 1024;
const nothing = Buffer.alloc(0);
const virtualLineEnd = Buffer.from('\r\n');
const headersEnd = Buffer.from('\r\n\r\n');
const cr = 0x0d;
const lf = 0x0a;
const dash = 0x2d;

export class MultipartParser {
  /** CRLF, two dashes and the boundary; the first one may stand at the very start. */
  readonly #delimiter: Buffer;
  #state: 'preamble' | 'after-delimiter' | 'headers' | 'data' | 'epilogue' = 'preamble';
  /** Bytes that can't be judged before more arrive. The virtual CRLF lets the first delimiter match at the start. */
  #rest: Buffer = virtualLineEnd;
  /** Of a part that has begun in this chunk and was not told yet: it may be whole. */
  #begun: PartHeaders | null = null;

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  push(chunk: Uint8Array): MultipartEvent[] {
    const events: MultipartEvent[] = [];
    if (this.#state === 'epilogue') return events;
    const incoming = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const start = this.#rest === virtualLineEnd ? this.#startWithout(incoming) : null;
    const input = this.#rest.length === 0 || start !== null ? incoming : Buffer.concat([this.#rest, incoming]);
    this.#rest = nothing;
    let at: number | null = start ?? 0;
    while (at !== null) at = this.#step(input, at, events);
    return events;
  }

  /**
   * Nearly every body begins with its delimiter: then the first chunk need not be copied behind the virtual CRLF.
   * Null when it does not, or is too short to tell.
   */
  #startWithout(chunk: Buffer): number | null {
    const size = this.#delimiter.length - virtualLineEnd.length;
    if (chunk.length < size) return null;
    if (chunk.compare(this.#delimiter, virtualLineEnd.length, this.#delimiter.length, 0, size) !== 0) return null;
    this.#state = 'after-delimiter';
    return size;
  }

  /** Call it when the body has ended. */
  end(): void {
    if (this.#state !== 'epilogue') throw new MalformedReport('invalid_payload_structure');
  }

  /** Consumes one piece from `at`; null when more bytes are needed (kept in `#rest`) or nothing more matters. */
  #step(input: Buffer, at: number, events: MultipartEvent[]): number | null {
    switch (this.#state) {
      case 'preamble':
        return this.#findDelimiter(input, at, null);
      case 'data':
        return this.#findDelimiter(input, at, events);
      case 'after-delimiter':
        return this.#afterDelimiter(input, at);
      case 'headers':
        return this.#headers(input, at);
      case 'epilogue':
        return null;
    }
  }

  #findDelimiter(input: Buffer, from: number, events: MultipartEvent[] | null): number | null {
    const at = input.indexOf(this.#delimiter, from);
    if (at < 0) {
      const keep = this.#possibleDelimiter(input, from);
      if (this.#begun !== null) events?.push({ kind: 'part', headers: this.#begun });
      this.#begun = null;
      if (events !== null && keep > from) events.push({ kind: 'data', bytes: input.subarray(from, keep) });
      return this.#wait(input, keep);
    }
    if (events !== null) this.#endPart(input.subarray(from, at), events);
    this.#state = 'after-delimiter';
    return at + this.#delimiter.length;
  }

  #endPart(bytes: Buffer, events: MultipartEvent[]): void {
    if (this.#begun !== null) {
      events.push({ kind: 'whole', headers: this.#begun, bytes });
      this.#begun = null;
      return;
    }
    if (bytes.length > 0) events.push({ kind: 'data', bytes });
    events.push({ kind: 'part-end' });
  }

  /** Where the last bytes could be the start of a delimiter; the length when they can't. */
  #possibleDelimiter(input: Buffer, start: number): number {
    const from = Math.max(start, input.length - this.#delimiter.length + 1);
    for (let at = input.indexOf(cr, from); at >= 0; at = input.indexOf(cr, at + 1)) {
      if (input.compare(this.#delimiter, 0, input.length - at, at) === 0) return at;
    }
    return input.length;
  }

  /** Behind a delimiter: `--` ends the body; blanks and CRLF begin a part. */
  #afterDelimiter(input: Buffer, from: number): number | null {
    let at = from;
    while (input[at] === 0x20 || input[at] === 0x09) at += 1;
    if (at - from > headerLimit) throw new MalformedReport('invalid_payload_structure');
    if (input.length < at + 2) return this.#wait(input, from);
    if (at === from && input[at] === dash && input[at + 1] === dash) {
      this.#state = 'epilogue';
      return null;
    }
    if (input[at] !== cr || input[at + 1] !== lf) throw new MalformedReport('invalid_payload_structure');
    this.#state = 'headers';
    // The CRLF stays: a part without any header has its blank line right here.
    return at;
  }

  #headers(input: Buffer, from: number): number | null {
    const end = input.indexOf(headersEnd, from);
    const size = (end < 0 ? input.length : end) - from;
    if (size > headerLimit) throw new MalformedReport('invalid_payload_structure');
    if (end < 0) return this.#wait(input, from);
    // A part without a body has its delimiter right behind the headers and shares the CRLF of the blank line.
    const behind = Math.min(input.length - end - 2, this.#delimiter.length);
    const isDelimiter = input.compare(this.#delimiter, 0, behind, end + 2, end + 2 + behind) === 0;
    if (isDelimiter && behind < this.#delimiter.length) return this.#wait(input, from);
    this.#begun = parsePartHeaders(input.subarray(from + 2, Math.max(from + 2, end)));
    this.#state = 'data';
    return end + (isDelimiter ? 2 : 4);
  }

  /** What stands from `at` can't be judged before more arrives. A copy: the chunk is its owner's. */
  #wait(input: Buffer, at: number): null {
    this.#rest = at === input.length ? nothing : Buffer.from(input.subarray(at));
    return null;
  }
}
