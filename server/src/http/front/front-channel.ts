/**
 * Messages with bytes beside them, over the pipe between the server and a front. A frame is two lengths (32 bits each),
 * JSON, and the bytes of all its buffers; the JSON tells their sizes.
 */
import type { Duplex } from 'node:stream';

interface Frame {
  sizes: number[];
  data: unknown;
}

const headSize = 8;

export class FrontChannel {
  #pieces: Buffer[] = [];
  #size = 0;
  #isCorked = false;

  /** @param onMessage gets views of what arrived: they may be kept */
  constructor(
    private readonly stream: Duplex,
    private readonly onMessage: (data: unknown, bytes: Buffer[]) => void,
  ) {
    stream.on('data', (piece: Buffer) => this.#take(piece));
  }

  /** What is sent in one turn leaves in one write. */
  send(data: object, bytes: readonly Uint8Array[] = []): void {
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.stream.cork();
      setImmediate(() => {
        this.#isCorked = false;
        this.stream.uncork();
      });
    }
    const json = Buffer.from(JSON.stringify({ sizes: bytes.map((each) => each.byteLength), data } satisfies Frame));
    const head = Buffer.allocUnsafe(headSize);
    head.writeUInt32LE(json.byteLength, 0);
    head.writeUInt32LE(
      bytes.reduce((sum, each) => sum + each.byteLength, 0),
      4,
    );
    this.stream.write(head);
    this.stream.write(json);
    for (const each of bytes) this.stream.write(each);
  }

  #take(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#size += piece.byteLength;
    while (this.#size >= headSize) {
      const head = this.#peek(headSize);
      const jsonSize = head.readUInt32LE(0);
      const size = headSize + jsonSize + head.readUInt32LE(4);
      if (this.#size < size) return;
      const whole = this.#peek(size);
      this.#drop(size);
      const { sizes, data } = JSON.parse(whole.toString('utf8', headSize, headSize + jsonSize)) as Frame;
      let at = headSize + jsonSize;
      this.onMessage(
        data,
        sizes.map((each) => whole.subarray(at, (at += each))),
      );
    }
  }

  /** The first bytes in one piece. */
  #peek(size: number): Buffer {
    const [first] = this.#pieces;
    if (first !== undefined && first.byteLength >= size) return first.subarray(0, size);
    const whole = Buffer.concat(this.#pieces, this.#size);
    this.#pieces = [whole];
    return whole.subarray(0, size);
  }

  #drop(size: number): void {
    const [first] = this.#pieces;
    if (first === undefined) return;
    this.#size -= size;
    if (first.byteLength === size) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(size);
  }
}
