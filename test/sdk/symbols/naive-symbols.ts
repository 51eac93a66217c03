/**
 * The reference for the index: reads a whole `.sym` as strings and answers by walking arrays. Slow and plain on
 * purpose; it shares no code with the parser, the builder or the reader it checks.
 */
import type { CfiRecords, SymbolizedAddress, WinFrameRecord, WinFrameRecords } from '@faultline/sdk/module-symbols';

interface Range {
  start: number;
  size: number;
}
export interface NaiveRow extends Range {
  line: number;
  file: number;
}
interface NaiveInline extends Range {
  depth: number;
  callLine: number;
  callFile: number | null;
  origin: number;
}
export interface NaiveFunction extends Range {
  name: string;
  parameters: number;
  folded: boolean;
  rows: NaiveRow[];
  inlines: NaiveInline[];
  byDepth?: NaiveInline[][];
}
interface NaivePublic {
  start: number;
  name: string;
  parameters: number;
  folded: boolean;
}
export interface NaiveCfi extends Range {
  rules: string;
  rows: { address: number; rules: string }[];
}

export class NaiveSymbols {
  functions: NaiveFunction[] = [];
  publics: NaivePublic[] = [];
  cfi: NaiveCfi[] = [];
  frameData: WinFrameRecord[] = [];
  fpo: WinFrameRecord[] = [];
  private readonly files = new Map<number, string>();
  private readonly origins = new Map<number, string>();
  private oldInlines = 0;

  constructor(text: string) {
    let current: NaiveFunction | null = null;
    let cfi: NaiveCfi | null = null;
    for (const raw of text.split('\n')) {
      const line = raw.replace(/\r+$/, '');
      let match: RegExpExecArray | null;
      if ((match = /^FILE (\d+) (.*)$/.exec(line))) this.files.set(Number(match[1]), match[2] as string);
      else if ((match = /^INLINE_ORIGIN (\d+) (.*)$/.exec(line)))
        this.origins.set(Number(match[1]), match[2] as string);
      else if ((match = /^FUNC (m )?([0-9a-f]+) ([0-9a-f]+) ([0-9a-f]+) (.*)$/.exec(line))) {
        cfi = null;
        current = {
          ...range(match, 2),
          name: match[5] as string,
          parameters: hex(match[4]),
          folded: match[1] !== undefined,
          rows: [],
          inlines: [],
        };
        this.functions.push(current);
      } else if ((match = /^INLINE ([0-9a-f ]+)$/.exec(line))) this.addInline(current, (match[1] as string).split(' '));
      else if ((match = /^PUBLIC (m )?([0-9a-f]+) ([0-9a-f]+) (.*)$/.exec(line))) {
        current = cfi = null;
        this.publics.push({
          start: hex(match[2]),
          parameters: hex(match[3]),
          name: match[4] as string,
          folded: match[1] !== undefined,
        });
      } else if ((match = /^STACK CFI INIT ([0-9a-f]+) ([0-9a-f]+) (.*)$/.exec(line))) {
        current = null;
        cfi = { ...range(match, 1), rules: match[3] as string, rows: [] };
        this.cfi.push(cfi);
      } else if ((match = /^STACK CFI ([0-9a-f]+) (.*)$/.exec(line))) {
        cfi?.rows.push({ address: hex(match[1]), rules: match[2] as string });
      } else if (line.startsWith('STACK WIN ')) {
        current = cfi = null;
        this.addWin(line.split(' '));
      } else if ((match = /^([0-9a-f]+) ([0-9a-f]+) (\d+) (\d+)$/.exec(line))) {
        current?.rows.push({ ...range(match, 1), line: Number(match[3]), file: Number(match[4]) });
      }
    }
    this.functions = withoutOverlaps(this.functions);
    for (const each of this.functions) each.rows = withoutOverlaps(each.rows);
    this.cfi = withoutOverlaps(this.cfi);
    this.frameData = withoutWinOverlaps(this.frameData);
    this.fpo = withoutWinOverlaps(this.fpo);
    this.publics.sort(
      (a, b) => a.start - b.start || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) || a.parameters - b.parameters,
    );
  }

  symbolize(offset: number): SymbolizedAddress | null {
    const found = covering(this.functions, offset);
    if (found !== null) return this.describe(found, offset);
    const symbol = lastAtOrBefore(this.publics, offset);
    const previous = lastAtOrBefore(this.functions, offset);
    if (symbol === null || (previous !== null && previous.start >= symbol.start)) return null;
    return {
      function: symbol.name,
      functionAddress: symbol.start,
      functionSize: 0,
      parameterSize: symbol.parameters,
      source: 'public',
      isFolded: symbol.folded,
      file: null,
      line: null,
      inlines: [],
    };
  }

  cfiAt(offset: number): CfiRecords | null {
    const found = covering(this.cfi, offset);
    if (found === null) return null;
    const rows = found.rows.filter((row) => row.address <= offset).map((row) => row.rules);
    return { initAddress: found.start, initSize: found.size, rows: [found.rules, ...rows] };
  }

  winFramesAt(offset: number): WinFrameRecords | null {
    const find = (records: WinFrameRecord[]): WinFrameRecord | null =>
      records.find((each) => offset >= each.address && offset < each.address + each.codeSize) ?? null;
    const frameData = find(this.frameData);
    const fpo = find(this.fpo);
    return frameData === null && fpo === null ? null : { frameData, fpo };
  }

  private describe(found: NaiveFunction, offset: number): SymbolizedAddress {
    const row = covering(found.rows, offset);
    const chain: NaiveInline[] = [];
    for (;;) {
      const last = lastAtOrBefore(this.sortedInlines(found, chain.length), offset);
      if (last === null || offset >= last.start + last.size) break;
      chain.push(last);
    }
    const isOld = this.oldInlines > 0;
    const originOf = (each: NaiveInline): { name: string; file: number | null } | null => {
      const text = this.origins.get(each.origin);
      if (text === undefined) return null;
      const parts = isOld ? /^(\d+) (.*)$/.exec(text) : null;
      return parts === null ? { name: text, file: null } : { name: parts[2] as string, file: Number(parts[1]) };
    };
    const placeBelow = (depth: number): { file: number | null; line: number; start: number } | null => {
      const deeper = chain[depth];
      if (deeper === undefined) return row;
      if (deeper.callFile !== null) return { file: deeper.callFile, line: deeper.callLine, start: deeper.start };
      const caller = chain[depth - 1];
      const own = caller === undefined ? null : (originOf(caller)?.file ?? null);
      return { file: own ?? found.rows[0]?.file ?? null, line: deeper.callLine, start: deeper.start };
    };
    const nameOf = (file: number | null | undefined): string | null =>
      file == null ? null : (this.files.get(file) ?? null);
    const outer = placeBelow(0);
    const file = nameOf(outer?.file);
    const inlines = chain.flatMap((each, depth) => {
      const origin = originOf(each);
      const place = placeBelow(depth + 1);
      return origin === null
        ? []
        : [
            {
              function: origin.name,
              file: nameOf(place?.file),
              line: place?.line === 0 ? null : (place?.line ?? null),
            },
          ];
    });
    return {
      function: found.name,
      functionAddress: found.start,
      functionSize: found.size,
      parameterSize: found.parameters,
      source: 'func',
      isFolded: found.folded,
      file,
      ...(outer === null || file === null ? { line: null } : { line: outer.line, lineAddress: outer.start }),
      inlines: inlines.reverse(),
    };
  }

  private sortedInlines(found: NaiveFunction, depth: number): NaiveInline[] {
    found.byDepth ??= [];
    found.byDepth[depth] ??= found.inlines
      .filter((each) => each.depth === depth)
      .sort(
        (a, b) =>
          a.start - b.start ||
          a.size - b.size ||
          (a.callFile ?? -1) - (b.callFile ?? -1) ||
          a.callLine - b.callLine ||
          a.origin - b.origin,
      );
    return found.byDepth[depth];
  }

  private addInline(current: NaiveFunction | null, fields: string[]): void {
    const isOld = fields.length % 2 === 1;
    if (isOld) this.oldInlines++;
    const [depth, callLine, third, fourth] = fields.map(Number);
    const ranges = fields.slice(isOld ? 3 : 4);
    for (let index = 0; index < ranges.length; index += 2) {
      current?.inlines.push({
        start: hex(ranges[index]),
        size: hex(ranges[index + 1]),
        depth: depth as number,
        callLine: callLine as number,
        callFile: isOld ? null : (third as number),
        origin: (isOld ? third : fourth) as number,
      });
    }
  }

  private addWin(fields: string[]): void {
    const type = Number(fields[2]);
    const sizes = fields.slice(3, 11).map((field) => hex(field));
    const rest = fields.slice(12).join(' ');
    const [
      address = 0,
      codeSize = 0,
      prologueSize = 0,
      epilogueSize = 0,
      parameterSize = 0,
      savedRegisterSize = 0,
      localSize = 0,
      maxStackSize = 0,
    ] = sizes;
    if ((type !== 0 && type !== 4) || codeSize === 0) return;
    const list = type === 4 ? this.frameData : this.fpo;
    const last = list.at(-1);
    if (last !== undefined && address < last.address + last.codeSize && address + codeSize > last.address) {
      if (address <= last.address) return;
      last.codeSize = address - last.address;
    }
    list.push({
      type,
      address,
      codeSize,
      prologueSize,
      epilogueSize,
      parameterSize,
      savedRegisterSize,
      localSize,
      maxStackSize,
      program: type === 4 ? rest : null,
      allocatesBasePointer: type === 0 && rest === '1',
    });
  }
}

function hex(text: string | undefined): number {
  return Number.parseInt(text ?? '', 16);
}

function range(match: RegExpExecArray, group: number): Range {
  return { start: hex(match[group]), size: hex(match[group + 1]) };
}

function withoutOverlaps<T extends Range>(ranges: T[]): T[] {
  const sorted = ranges.filter((each) => each.size > 0).sort((a, b) => a.start - b.start || a.size - b.size);
  const kept: T[] = [];
  for (const each of sorted) {
    const last = kept.at(-1);
    if (last === undefined || each.start >= last.start + last.size) kept.push(each);
  }
  return kept;
}

function withoutWinOverlaps(records: WinFrameRecord[]): WinFrameRecord[] {
  return withoutOverlaps(records.map((record) => ({ start: record.address, size: record.codeSize, record }))).map(
    (each) => each.record,
  );
}

function lastAtOrBefore<T extends { start: number }>(sorted: T[], offset: number): T | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as T).start <= offset) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1] ?? null;
}

function covering<T extends Range>(sorted: T[], offset: number): T | null {
  const found = lastAtOrBefore(sorted, offset);
  return found !== null && offset < found.start + found.size ? found : null;
}
