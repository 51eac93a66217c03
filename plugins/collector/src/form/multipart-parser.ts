/**
 * Splits a multipart body (RFC 2046) while it arrives. It never holds more than one chunk, a delimiter's length and
 * one part's headers, and looks at each byte once. Bodies are as hostile as the internet: what is not well-formed
 * throws `MalformedReport invalid_payload_structure`.
 */
import { MalformedReport } from '../malformed-report.js';
import { parsePartHeaders, type PartHeaders } from './part-headers.js';

export type MultipartEvent =
  | { kind: 'part'; headers: PartHeaders }
  /** A view of the chunk that was pushed: use it before the next push, or copy it. */
  | { kind: 'data'; bytes: Buffer }
  | { kind: 'part-end' };

/** Bytes of headers that one part may have. */
const headerLimit = 8 * 1024;
const headersEnd = Buffer.from('\r\n\r\n');
const cr = 0x0d;
const lf = 0x0a;
const dash = 0x2d;

export class MultipartParser {
  /** CRLF, two dashes and the boundary; the first one may stand at the very start. */
  readonly #delimiter: Buffer;
  #state: 'preamble' | 'after-delimiter' | 'headers' | 'data' | 'epilogue' = 'preamble';
  /** Bytes that can't be judged before more arrive. The virtual CRLF lets the first delimiter match at the start. */
  #rest: Buffer = Buffer.from('\r\n');

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  push(chunk: Uint8Array): MultipartEvent[] {
    const events: MultipartEvent[] = [];
    if (this.#state === 'epilogue') return events;
    const incoming = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let input = this.#rest.length === 0 ? incoming : Buffer.concat([this.#rest, incoming]);
    this.#rest = Buffer.alloc(0);
    for (;;) {
      const next = this.#step(input, events);
      if (next === null) return events;
      input = next;
    }
  }

  /** Call it when the body has ended. */
  end(): void {
    if (this.#state !== 'epilogue') throw new MalformedReport('invalid_payload_structure');
  }

  /** Consumes one piece; null when more bytes are needed (kept in `#rest`) or nothing more matters. */
  #step(input: Buffer, events: MultipartEvent[]): Buffer | null {
    switch (this.#state) {
      case 'preamble':
        return this.#findDelimiter(input, null);
      case 'data':
        return this.#findDelimiter(input, events);
      case 'after-delimiter':
        return this.#afterDelimiter(input);
      case 'headers':
        return this.#headers(input, events);
      case 'epilogue':
        return null;
    }
  }

  #findDelimiter(input: Buffer, events: MultipartEvent[] | null): Buffer | null {
    const at = input.indexOf(this.#delimiter);
    if (at < 0) {
      const keep = this.#possibleDelimiter(input);
      if (events !== null && keep > 0) events.push({ kind: 'data', bytes: input.subarray(0, keep) });
      this.#rest = Buffer.from(input.subarray(keep));
      return null;
    }
    if (events !== null) {
      if (at > 0) events.push({ kind: 'data', bytes: input.subarray(0, at) });
      events.push({ kind: 'part-end' });
    }
    this.#state = 'after-delimiter';
    return input.subarray(at + this.#delimiter.length);
  }

  /** Where the last bytes could be the start of a delimiter; the length when they can't. */
  #possibleDelimiter(input: Buffer): number {
    const from = Math.max(0, input.length - this.#delimiter.length + 1);
    for (let at = input.indexOf(cr, from); at >= 0; at = input.indexOf(cr, at + 1)) {
      if (input.compare(this.#delimiter, 0, input.length - at, at) === 0) return at;
    }
    return input.length;
  }

  /** Behind a delimiter: `--` ends the body; blanks and CRLF begin a part. */
  #afterDelimiter(input: Buffer): Buffer | null {
    let at = 0;
    while (input[at] === 0x20 || input[at] === 0x09) at += 1;
    if (at > headerLimit) throw new MalformedReport('invalid_payload_structure');
    if (input.length < at + 2) {
      this.#rest = Buffer.from(input);
      return null;
    }
    if (at === 0 && input[0] === dash && input[1] === dash) {
      this.#state = 'epilogue';
      return null;
    }
    if (input[at] !== cr || input[at + 1] !== lf) throw new MalformedReport('invalid_payload_structure');
    this.#state = 'headers';
    // The CRLF stays: a part without any header has its blank line right here.
    return input.subarray(at);
  }

  #headers(input: Buffer, events: MultipartEvent[]): Buffer | null {
    const end = input.indexOf(headersEnd);
    if (end > headerLimit || (end < 0 && input.length > headerLimit)) {
      throw new MalformedReport('invalid_payload_structure');
    }
    if (end < 0) {
      this.#rest = Buffer.from(input);
      return null;
    }
    // A part without a body has its delimiter right behind the headers and shares the CRLF of the blank line.
    const behind = input.subarray(end + 2, end + 2 + this.#delimiter.length);
    const isDelimiter = behind.equals(this.#delimiter.subarray(0, behind.length));
    if (isDelimiter && behind.length < this.#delimiter.length) {
      this.#rest = Buffer.from(input);
      return null;
    }
    events.push({ kind: 'part', headers: parsePartHeaders(input.subarray(2, Math.max(2, end))) });
    this.#state = 'data';
    return input.subarray(end + (isDelimiter ? 2 : 4));
  }
}
