/** Smallest files of each native format, made from the field tables of their specifications. */

export function elf(
  options: { buildId?: string; type?: number; text?: number[] | null; debug?: boolean } = {},
): Buffer {
  const { buildId = '', type = 3, text = [1, 2, 3], debug = false } = options;
  const note = buildId === '' ? Buffer.alloc(0) : noteOf(Buffer.from(buildId, 'hex'));
  const code = Buffer.from(text ?? []);
  const names = Buffer.from('\0.text\0.note.gnu.build-id\0.debug_info\0.shstrtab\0');
  const textAt = 64;
  const noteAt = textAt + code.length;
  const namesAt = noteAt + note.length;
  const tableAt = namesAt + names.length;
  const header = Buffer.alloc(64);
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(header);
  header.writeUInt16LE(type, 16);
  header.writeUInt16LE(62, 18);
  header.writeBigUInt64LE(BigInt(tableAt), 40);
  header.writeUInt16LE(64, 58);
  const sections = [
    [0, 0, 0, 0],
    [names.indexOf('.text'), text === null ? 8 : 1, textAt, text === null ? 4096 : code.length],
    [names.indexOf('.note'), 7, noteAt, note.length],
    [debug ? names.indexOf('.debug_info') : 0, 1, textAt, 1],
    [names.indexOf('.shstrtab'), 3, namesAt, names.length],
  ];
  header.writeUInt16LE(sections.length, 60);
  header.writeUInt16LE(sections.length - 1, 62);
  const table = sections.map(([name = 0, kind = 0, at = 0, size = 0]) => {
    const section = Buffer.alloc(64);
    section.writeUInt32LE(name, 0);
    section.writeUInt32LE(kind, 4);
    section.writeBigUInt64LE(BigInt(at), 24);
    section.writeBigUInt64LE(BigInt(size), 32);
    return section;
  });
  return Buffer.concat([header, code, note, names, ...table]);
}

function noteOf(id: Buffer): Buffer {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(4, 0);
  head.writeUInt32LE(id.length, 4);
  head.writeUInt32LE(3, 8);
  head.write('GNU\0', 12);
  return Buffer.concat([head, id]);
}

export function pe(options: {
  timestamp: number;
  imageSize: number;
  guid?: Buffer;
  age?: number;
  pdb?: string;
}): Buffer {
  const file = Buffer.alloc(1024);
  file.write('MZ', 0);
  file.writeUInt32LE(0x80, 60);
  file.write('PE\0\0', 0x80);
  file.writeUInt16LE(0x8664, 0x84);
  file.writeUInt16LE(1, 0x86);
  file.writeUInt32LE(options.timestamp, 0x88);
  file.writeUInt16LE(240, 0x94);
  const optional = 0x98;
  file.writeUInt16LE(0x20b, optional);
  file.writeUInt32LE(options.imageSize, optional + 56);
  file.writeUInt32LE(0x1000, optional + 112 + 48);
  file.writeUInt32LE(28, optional + 112 + 52);
  const section = optional + 240;
  file.writeUInt32LE(0x1000, section + 12);
  file.writeUInt32LE(256, section + 16);
  file.writeUInt32LE(512, section + 20);
  if (options.guid === undefined) return file;
  const path = options.pdb ?? 'C:\\build\\app.pdb';
  file.writeUInt32LE(2, 512 + 12);
  file.writeUInt32LE(24 + path.length + 1, 512 + 16);
  file.writeUInt32LE(600, 512 + 24);
  file.write('RSDS', 600);
  options.guid.copy(file, 604);
  file.writeUInt32LE(options.age ?? 1, 620);
  file.write(`${path}\0`, 624);
  return file;
}

export function pdb(options: { guid: Buffer; infoAge: number; dbiAge: number; blockSize?: number }): Buffer {
  const { guid, infoAge, dbiAge, blockSize = 512 } = options;
  const info = Buffer.alloc(28);
  info.writeUInt32LE(20000404, 0);
  info.writeUInt32LE(infoAge, 8);
  guid.copy(info, 12);
  const dbi = Buffer.alloc(64);
  dbi.writeInt32LE(-1, 0);
  dbi.writeUInt32LE(dbiAge, 8);
  dbi.writeUInt16LE(0x8664, 58);
  // Streams 0 and 2 are empty; 0xffffffff is how a removed one is marked.
  const directory = Buffer.from(new Uint32Array([4, 0, info.length, 0xffffffff, dbi.length, 3, 4]).buffer);
  const blocks = [Buffer.alloc(blockSize), Buffer.alloc(blockSize), directory, info, dbi, Buffer.alloc(blockSize)];
  const [header, map] = blocks;
  header?.write('Microsoft C/C++ MSF 7.00\r\n\x1aDS\0\0\0', 0, 'latin1');
  for (const [at, value] of [
    [32, blockSize],
    [40, blocks.length],
    [44, directory.length],
    [52, 1],
  ] as const) {
    header?.writeUInt32LE(value, at);
  }
  map?.writeUInt32LE(2, 0);
  return Buffer.concat(blocks.map((block) => Buffer.concat([block, Buffer.alloc(blockSize - block.length)])));
}

export function machO(options: { uuid: string; cpu?: number; kind?: number; dwarf?: boolean }): Buffer {
  const uuid = Buffer.alloc(24);
  uuid.writeUInt32LE(0x1b, 0);
  uuid.writeUInt32LE(24, 4);
  Buffer.from(options.uuid, 'hex').copy(uuid, 8);
  const segment = Buffer.alloc(options.dwarf === true ? 72 : 0);
  if (options.dwarf === true) {
    segment.writeUInt32LE(0x19, 0);
    segment.writeUInt32LE(72, 4);
    segment.write('__DWARF', 8);
  }
  const header = Buffer.alloc(32);
  header.writeUInt32LE(0xfeedfacf, 0);
  header.writeUInt32LE(options.cpu ?? 0x1000007, 4);
  header.writeUInt32LE(options.kind ?? 2, 12);
  header.writeUInt32LE(options.dwarf === true ? 2 : 1, 16);
  header.writeUInt32LE(uuid.length + segment.length, 20);
  return Buffer.concat([header, segment, uuid]);
}

export function fat(binaries: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(8 + binaries.length * 20);
  header.writeUInt32BE(0xcafebabe, 0);
  header.writeUInt32BE(binaries.length, 4);
  let at = header.length;
  for (const [index, binary] of binaries.entries()) {
    header.writeUInt32BE(at, 8 + index * 20 + 8);
    header.writeUInt32BE(binary.length, 8 + index * 20 + 12);
    at += binary.length;
  }
  return Buffer.concat([header, ...binaries]);
}
