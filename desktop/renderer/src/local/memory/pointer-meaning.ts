import {
  classifyPointer,
  ModuleMap,
  pointerSize,
  RegionMap,
  type PointerKind,
  type WalkResult,
} from '@faultline/minidump';

/** What an address points into. Addresses are hex texts. */
export interface PointerMeaning {
  kind: PointerKind['kind'];
  /** Name of a module, of a mapping, or of the poison pattern; "" when there is none. */
  name: string;
  /** Distance from the module's base; "" outside of modules. */
  offset: string;
  /** Function and line of an address in a module with symbols; "" when unknown. */
  symbol: string;
  /** Position of the thread whose stack it is; null elsewhere. */
  threadIndex: number | null;
  /** "r-x"; "" when the dump does not say. */
  access: string;
  /** Text that stands there, when it looks like one; "" else. */
  text: string;
  /** Number that stands there, as wide as a pointer; "" when the dump does not hold it. */
  pointsOn: string;
}

const longestText = 200;

/** What addresses of a walked dump are looked up in: made once for all of them. */
export interface AddressSpace {
  result: WalkResult;
  modules: ModuleMap;
  map: RegionMap | null;
  stacks: { threadIndex: number; start: bigint; end: bigint }[];
}

export function addressSpace(result: WalkResult): AddressSpace {
  const { reachableModules, modules, regions } = result.dump;
  return {
    result,
    modules: new ModuleMap(reachableModules ?? modules),
    map: regions === null ? null : new RegionMap(regions),
    stacks: result.threads.flatMap(({ index, stackRange }) =>
      stackRange === null ? [] : [{ threadIndex: index, ...stackRange }],
    ),
  };
}

export async function pointerMeaning(space: AddressSpace, address: bigint): Promise<PointerMeaning> {
  const { result, modules, map, stacks } = space;
  const { system, memory } = result.dump;
  const kind = classifyPointer({ cpu: system.cpu, os: system.os, modules, stacks }, map, address);
  const region = map?.regionAt(address) ?? null;
  const next = await memory.readNumber(address, pointerSize(system.cpu));
  const module = kind.kind === 'module' ? modules.moduleAt(address) : null;
  return {
    kind: kind.kind,
    name: nameOf(kind),
    offset: module === null ? '' : hex(address - module.base),
    symbol: module === null ? '' : await symbolAt(result, module.index, Number(address - module.base)),
    threadIndex: kind.kind === 'stack' ? kind.threadIndex : null,
    access: region === null ? '' : accessText(region),
    text: await textAt(result, address),
    pointsOn: next === null ? '' : hex(next),
  };
}

export function hex(address: bigint): string {
  return `0x${address.toString(16)}`;
}

export function accessText(region: { isReadable: boolean; isWritable: boolean; isExecutable: boolean }): string {
  return `${region.isReadable ? 'r' : '-'}${region.isWritable ? 'w' : '-'}${region.isExecutable ? 'x' : '-'}`;
}

function nameOf(kind: PointerKind): string {
  if (kind.kind === 'module') return kind.module;
  if (kind.kind === 'mapped') return kind.name;
  return kind.kind === 'poison' ? kind.poison.pattern.meaning : '';
}

/** Symbols that the walk opened; others are not looked for here. */
async function symbolAt({ symbols }: WalkResult, module: number, offset: number): Promise<string> {
  const found = await symbols.get(module)?.symbols?.symbolize(offset);
  if (found == null) return '';
  return found.line === null ? found.function : `${found.function}, ${found.file ?? ''}:${found.line}`;
}

/** Four printable characters or more in UTF-8 or UTF-16, up to the zero. */
async function textAt({ dump }: WalkResult, address: bigint): Promise<string> {
  const block = await dump.memory.read(address, longestText * 2);
  if (block === null) return '';
  return printable(block.bytes, 1) || printable(block.bytes, 2);
}

function printable(bytes: Uint8Array, width: 1 | 2): string {
  let text = '';
  for (let at = 0; at + width <= bytes.length && text.length < longestText; at += width) {
    const code = bytes[at] ?? 0;
    if (width === 2 && bytes[at + 1] !== 0) break;
    if (code < 0x20 || code > 0x7e) break;
    text += String.fromCharCode(code);
  }
  return text.length >= 4 ? text : '';
}
