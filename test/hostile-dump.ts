/** A header, and a directory whose thread list claims almost 2 GB: 200 bytes in all. */
export function claimTwoGigabytes(): Uint8Array {
  const bytes = new Uint8Array(200);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x504d444d, true);
  view.setUint32(4, 42_899, true);
  view.setUint32(8, 1, true);
  view.setUint32(12, 32, true);
  view.setUint32(32, 3, true);
  view.setUint32(36, 0x7fff_ffff, true);
  view.setUint32(40, 44, true);
  return bytes;
}
