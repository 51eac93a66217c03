/**
 * Reads a crash report's form while it arrives: annotations into memory (bounded), binary parts into the draft. The
 * rules are Antenna's (which part is what, which order wins), the limits ours.
 */
import { isUtf8 } from 'node:buffer';
import type { JsonValue, PartSummary, PartWriter } from '@faultline/sdk';
import type { BodyBudget, BodyShare } from '../body-budget.js';
import { MalformedReport } from '../malformed-report.js';
import { parseJsonAnnotations } from './json-annotations.js';
import { MultipartParser, type MultipartEvent } from './multipart-parser.js';
import type { PartHeaders } from './part-headers.js';
import { sanitisePartName } from './part-name.js';

export interface FormLimits {
  /** Parts in one form, annotations included. */
  maxParts: number;
  /** Bytes of one annotation; a larger one is dropped with a note, the report is kept. */
  maxAnnotationSize: number;
  /** Bytes of one JSON part; a larger one makes the post malformed, since all annotations may be in it. */
  maxJsonSize: number;
}

export interface ReceivedForm {
  annotations: Map<string, JsonValue>;
  parts: PartSummary[];
  payload: 'multipart' | 'json';
  notes: string[];
}

/** Where one part's bytes go while they arrive. */
interface PartTarget {
  write(bytes: Buffer): void | Promise<void>;
  end(): void | Promise<void>;
  /** Bytes of it that memory holds. */
  readonly held: number;
  spool?(): Promise<void>;
}

/** So many chunks become one. */
const mergeAt = 1024;

const ignored: PartTarget = { write: () => undefined, end: () => undefined, held: 0 };

export class FormReader {
  readonly #annotations = new Map<string, JsonValue>();
  readonly #parts = new Map<string, PartSummary>();
  readonly #notes: string[] = [];
  #payload: 'multipart' | 'json' = 'multipart';
  #hasFormAnnotations = false;
  #partCount = 0;
  #annotationSize = 0;
  #target: PartTarget = ignored;

  constructor(
    private readonly addPart: (part: {
      name: string;
      filename: string;
      contentType: string;
    }) => PartWriter | Promise<PartWriter>,
    private readonly limits: FormLimits,
    private readonly budget: BodyBudget,
  ) {}

  /** Throws `MalformedReport`; whatever `body` throws passes through. */
  async read(body: AsyncIterable<Uint8Array>, boundary: string): Promise<ReceivedForm> {
    const parser = new MultipartParser(boundary);
    const share = this.budget.open();
    try {
      for await (const chunk of body) {
        for (const event of parser.push(chunk)) {
          const done = this.#take(event);
          if (done !== undefined) await done;
        }
        share.hold(this.#annotationSize + this.#target.held);
        if (this.budget.isExceeded) await this.#makeRoom(share);
      }
      parser.end();
    } finally {
      share.release();
    }
    return this.#result();
  }

  /** Waits for nothing but the disk: a form has dozens of parts. */
  #take(event: MultipartEvent): void | Promise<void> {
    if (event.kind === 'whole') return this.#takeWhole(event.headers, event.bytes);
    if (event.kind === 'data') return this.#target.write(event.bytes);
    if (event.kind === 'part-end') return this.#target.end();
    const target = this.#open(event.headers);
    if (!(target instanceof Promise)) return void (this.#target = target);
    return target.then((opened) => void (this.#target = opened));
  }

  /** A form has dozens of annotations that came whole: they need no target. */
  #takeWhole(headers: PartHeaders, bytes: Buffer): void | Promise<void> {
    if (isAnnotation(headers) && bytes.byteLength <= this.limits.maxAnnotationSize) {
      this.#countPart();
      this.#annotationSize += bytes.byteLength;
      this.#takeText(headers.name, bytes);
      return;
    }
    const target = this.#open(headers);
    if (target instanceof Promise) return target.then((opened) => takeAll(opened, bytes));
    void target.write(bytes);
    return target.end();
  }

  #result(): ReceivedForm {
    if (this.#payload === 'json' && this.#hasFormAnnotations) {
      this.#notes.push('includes annotations in both json-encoded extra and formdata parts');
    }
    return {
      annotations: this.#annotations,
      parts: [...this.#parts.values()],
      payload: this.#payload,
      notes: this.#notes,
    };
  }

  async #makeRoom(share: BodyShare): Promise<void> {
    await this.#target.spool?.();
    share.hold(this.#annotationSize + this.#target.held);
    await this.budget.room(1000);
  }

  #open(headers: PartHeaders): PartTarget | Promise<PartTarget> {
    this.#countPart();
    if (headers.name === null || headers.name === '') return ignored;
    const type = headers.contentType ?? 'text/plain';
    if (type === 'application/json') return this.#collectJson();
    if (isAnnotation(headers)) return this.#collectText(headers.name);
    return this.#openBinary(headers.name, headers.filename ?? '', type);
  }

  #countPart(): void {
    this.#partCount += 1;
    if (this.#partCount > this.limits.maxParts) throw new MalformedReport('too_many_parts');
  }

  #collectJson(): PartTarget {
    const { maxJsonSize } = this.limits;
    return this.#collect(maxJsonSize, (bytes) => {
      if (bytes === null) throw new MalformedReport('annotation_too_large');
      this.#takeJson(bytes);
    });
  }

  #collectText(name: string): PartTarget {
    const { maxAnnotationSize } = this.limits;
    return this.#collect(maxAnnotationSize, (bytes) => {
      if (bytes !== null) return this.#takeText(name, bytes);
      this.#notes.push(`annotation ${name.slice(0, 80)} is larger than ${maxAnnotationSize} bytes and was dropped`);
    });
  }

  /**
   * A part that memory must hold whole; `take` gets null when it was larger than `limit`. Chunks of a request are its
   * own and never used again, so they are kept rather than copied.
   */
  #collect(limit: number, take: (bytes: Buffer | null) => void): PartTarget {
    let chunks: Buffer[] = [];
    let merged = 0;
    let size = 0;
    return {
      held: 0,
      write: (bytes) => {
        size += bytes.byteLength;
        if (size <= limit) {
          this.#annotationSize += bytes.byteLength;
          chunks.push(bytes);
          // A client may send single bytes, and each costs an object of a hundred.
          if (chunks.length - merged >= mergeAt) merged = chunks.push(Buffer.concat(chunks.splice(merged)));
          return;
        }
        for (const chunk of chunks) this.#annotationSize -= chunk.byteLength;
        chunks = [];
        merged = 0;
      },
      end: () => {
        if (size > limit) take(null);
        else take(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks));
      },
    };
  }

  /** The object replaces what came before it; later form annotations are added on top. */
  #takeJson(bytes: Buffer): void {
    const annotations = parseJsonAnnotations(bytes);
    this.#payload = 'json';
    this.#annotations.clear();
    for (const [name, value] of annotations) this.#annotations.set(name, value);
  }

  #takeText(name: string, bytes: Buffer): void {
    if (!isUtf8(bytes)) {
      this.#notes.push('extract payload text part exception: an annotation is not UTF-8 and was dropped');
      return;
    }
    this.#annotations.set(name, bytes.toString('utf8'));
    this.#hasFormAnnotations = true;
  }

  async #openBinary(formName: string, filename: string, contentType: string): Promise<PartTarget> {
    const name = sanitisePartName(formName);
    if (contentType !== 'application/octet-stream') {
      this.#notes.push(`unknown content type: ${name} ${contentType.slice(0, 80)}`);
    }
    const writer = await this.addPart({ name, filename: filename.slice(0, 255), contentType });
    return new BinaryTarget(writer, (summary) => this.#parts.set(name, summary));
  }
}

/**
 * Folklore: as an object literal with `get held()` it outlived every collection of the young. V8 gives each such object
 * a shape of its own, which lies among the old and holds the getter, what the getter sees, and so the whole report: 44 KB
 * a report, a whole collection each second at 300 reports a second, and posts that waited 50 ms for it (Node 20).
 */
class BinaryTarget implements PartTarget {
  constructor(
    private readonly writer: PartWriter,
    private readonly ended: (summary: PartSummary) => void,
  ) {}

  get held(): number {
    return this.writer.buffered;
  }

  write(bytes: Buffer): void | Promise<void> {
    return this.writer.write(bytes);
  }

  async end(): Promise<void> {
    this.ended(await this.writer.end());
  }

  spool(): Promise<void> {
    return this.writer.spool();
  }
}

/** Text without a file name, which is also what a part without a type is. */
function isAnnotation(headers: PartHeaders): headers is PartHeaders & { name: string } {
  const { name, filename, contentType } = headers;
  return name !== null && name !== '' && filename === null && (contentType ?? 'text/plain') === 'text/plain';
}

async function takeAll(target: PartTarget, bytes: Buffer): Promise<void> {
  await target.write(bytes);
  await target.end();
}
