import { bodyAlignment } from '../format/layout.js';
import { ByteWriter } from '../format/byte-writer.js';

/** A finished run of bodies. Its place in the part's own numbering says how to find its place in the file. */
export interface Slab {
  /** Position within the part, in units of `bodyAlignment`. */
  start: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** Bytes of one slab; a larger body gets a slab of its own. */
export const slabSize = 1024 * 1024;

/**
 * Bodies, each with its length before it, packed into slabs that are handed on as soon as they are full, so that the
 * bodies of a large file never stand in memory together.
 */
export class SlabWriter {
  private readonly full: Slab[] = [];
  private slab = new Uint8Array(slabSize);
  private start = 0;
  private used = 0;
  private readonly prefix = new ByteWriter(16);

  /** @returns where the body stands, in units of `bodyAlignment` within the part */
  append(bytes: Uint8Array, from: number, end: number): number {
    const length = end - from;
    this.prefix.length = 0;
    this.prefix.varint(length);
    const needed = roundUp(length + this.prefix.length);
    if (this.used + needed > this.slab.length) this.nextSlab(needed);
    const { slab, prefix } = this;
    const position = this.start + this.used / bodyAlignment;
    let to = this.used;
    for (let index = 0; index < prefix.length; index++) slab[to++] = prefix.bytes[index] as number;
    if (length > 256) slab.set(bytes.subarray(from, end), to);
    else for (let at = from; at < end; at++) slab[to++] = bytes[at] as number;
    this.used += needed;
    return position;
  }

  /** Full slabs since the last call; the caller owns them. */
  takeFull(): Slab[] {
    return this.full.splice(0);
  }

  /** All slabs that are left, the last one cut to what is used. */
  finish(): Slab[] {
    if (this.used > 0) this.full.push({ start: this.start, bytes: this.slab.slice(0, this.used) });
    this.slab = new Uint8Array(0);
    this.used = 0;
    return this.takeFull();
  }

  private nextSlab(needed: number): void {
    if (this.used > 0) this.full.push({ start: this.start, bytes: this.slab.subarray(0, this.used) });
    // Starts are multiples of the slab size, so that a position names its slab by division.
    this.start += Math.max(1, Math.ceil(this.used / slabSize)) * (slabSize / bodyAlignment);
    this.slab = new Uint8Array(Math.max(slabSize, needed));
    this.used = 0;
  }
}

function roundUp(length: number): number {
  return Math.ceil(length / bodyAlignment) * bodyAlignment;
}
