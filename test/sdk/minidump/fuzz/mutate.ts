/** A small deterministic random source (mulberry32), so that a failing case can be run again from its seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}

const tellingNumbers = [0, 1, 4, 0x7f, 0xff, 0xfff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff];

/** A damaged copy: some bytes or words changed, a part repeated elsewhere, or the end cut off. */
export function mutate(bytes: Uint8Array, seed: number): Uint8Array {
  const random = randomFrom(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  let damaged = bytes.slice();
  const view = new DataView(damaged.buffer);
  // Most of what steers a reader stands in the first kilobytes and in the directory.
  const place = () => (random() < 0.6 ? below(Math.min(4096, damaged.byteLength)) : below(damaged.byteLength));
  for (let change = 1 + below(8); change > 0; change--) {
    const at = place();
    const kind = random();
    if (kind < 0.4) damaged[at] = below(256);
    else if (kind < 0.85 && at + 4 <= damaged.byteLength) {
      view.setUint32(at & ~3, tellingNumbers[below(tellingNumbers.length)] ?? 0, true);
    } else damaged.copyWithin(at, place(), place());
  }
  if (random() < 0.1) damaged = damaged.subarray(0, below(damaged.byteLength));
  return damaged;
}
