import type {
  CfiRecords,
  ModuleSymbols,
  SymbolizedAddress,
  WinFrameRecord,
} from '../../../../sdk/contracts/src/module-symbols.js';

/**
 * Symbols of one module from `.sym` lines, for tests of the unwinder: FUNC, PUBLIC, STACK CFI and STACK WIN only, no
 * lines and inlines. Simple rather than fast: ranges are searched from the first line on.
 */
export function textSymbols(text: string): ModuleSymbols {
  const functions: { start: number; size: number; parameterSize: number; name: string }[] = [];
  const publics: { start: number; parameterSize: number; name: string }[] = [];
  const inits: { start: number; size: number; rows: { address: number; text: string }[] }[] = [];
  const wins: WinFrameRecord[] = [];
  for (const line of text.split('\n').map((raw) => raw.trim())) {
    const words = line.split(/\s+/);
    const hex = (index: number) => Number.parseInt(words[index] ?? '', 16);
    const rest = (index: number) => words.slice(index).join(' ');
    if (line.startsWith('FUNC ')) {
      functions.push({ start: hex(1), size: hex(2), parameterSize: hex(3), name: rest(4) });
    } else if (line.startsWith('PUBLIC ')) {
      publics.push({ start: hex(1), parameterSize: hex(2), name: rest(3) });
    } else if (line.startsWith('STACK CFI INIT ')) {
      inits.push({ start: hex(3), size: hex(4), rows: [{ address: hex(3), text: rest(5) }] });
    } else if (line.startsWith('STACK CFI ')) {
      inits.at(-1)?.rows.push({ address: hex(2), text: rest(3) });
    } else if (line.startsWith('STACK WIN ')) {
      const type = hex(2) === 4 ? 4 : 0;
      wins.push({
        type,
        address: hex(3),
        codeSize: hex(4),
        prologueSize: hex(5),
        epilogueSize: hex(6),
        parameterSize: hex(7),
        savedRegisterSize: hex(8),
        localSize: hex(9),
        maxStackSize: hex(10),
        program: type === 4 ? rest(12) : null,
        allocatesBasePointer: type === 0 && hex(12) === 1,
      });
    }
  }
  publics.sort((a, b) => a.start - b.start);

  const symbolize = (offset: number): SymbolizedAddress | null => {
    const func = functions.find(({ start, size }) => offset >= start && offset < start + size);
    const nearest = publics.filter(({ start }) => start <= offset).at(-1);
    if (func === undefined && nearest !== undefined) {
      const isHidden = functions.some(({ start }) => start > nearest.start && start <= offset);
      if (isHidden) return null;
    }
    const hit = func ?? nearest;
    if (hit === undefined) return null;
    return {
      function: hit.name,
      functionAddress: hit.start,
      functionSize: func?.size ?? 0,
      parameterSize: hit.parameterSize,
      source: func === undefined ? 'public' : 'func',
      isFolded: false,
      file: null,
      line: null,
      inlines: [],
    };
  };
  const winAt = (type: 0 | 4, offset: number) =>
    wins.find((win) => win.type === type && offset >= win.address && offset < win.address + win.codeSize) ?? null;

  return {
    moduleRecord: { os: '', architecture: '', debugId: '', name: '' },
    origin: 'text of a test',
    symbolize,
    hasFunctionAt: (offset) => symbolize(offset) !== null,
    cfiAt: (offset): CfiRecords | null => {
      const init = inits.find(({ start, size }) => offset >= start && offset < start + size);
      if (init === undefined) return null;
      const rows = init.rows.filter(({ address }) => address <= offset).map((row) => row.text);
      return { initAddress: init.start, initSize: init.size, rows };
    },
    winFramesAt: (offset) => {
      const frameData = winAt(4, offset);
      const fpo = winAt(0, offset);
      return frameData === null && fpo === null ? null : { frameData, fpo };
    },
  };
}
