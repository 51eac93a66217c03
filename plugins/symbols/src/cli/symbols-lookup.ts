import type { CliContext } from '@faultline/sdk/cli-command';
import type { SymbolizedAddress } from '@faultline/sdk/module-symbols';
import { indexMagic, openSymbolIndex, openSymbolText, type SymbolIndexReader } from '@faultline/symbols';
import { openFileSource } from '../index-store/file-source.js';
import { readStart, textChunks } from '../index-store/text-chunks.js';
import { fromFolder, runCommand } from './command-arguments.js';
import { printable } from './printable.js';

export const help = `Usage: faultline symbols lookup [--json] FILE ADDRESS...

Prints what a .sym or .symx file knows of addresses: function, line, inlined calls, CFI and STACK WIN records.
  ADDRESS    hex, relative to the module's base: 0x429e or 429e
  --json     print one JSON document per address, a line each

Example: faultline symbols lookup app.symx 0x429e
`;

export function run(context: CliContext): Promise<number> {
  return runCommand(context, {
    name: 'symbols lookup',
    help,
    options: { json: { type: 'boolean' } },
    usage({ positionals: [file, ...addresses] }) {
      if (file === undefined || addresses.length === 0) return 'name a symbol file and at least one address.';
      const bad = addresses.find((each) => !/^(0x)?[0-9a-f]{1,13}$/i.test(each));
      return bad === undefined ? null : `"${printable(bad)}" is no address in hex.`;
    },
    async run({ positionals: [file = '', ...addresses], values }) {
      const symbols = await openFile(fromFolder(context, file));
      try {
        for (const address of addresses) {
          context.stdout(await describe(symbols, Number.parseInt(address, 16), values['json'] === true));
        }
      } finally {
        await symbols.close();
      }
      return 0;
    },
  });
}

function openFile(file: string): Promise<SymbolIndexReader> {
  const start = readStart(file, indexMagic.length);
  const isIndex = indexMagic.every((byte, index) => start[index] === byte);
  return isIndex ? openSymbolIndex(openFileSource(file), file) : openSymbolText(textChunks(file), file);
}

async function describe(symbols: SymbolIndexReader, address: number, isJson: boolean): Promise<string> {
  const [symbol, cfi, winFrames] = await Promise.all([
    symbols.symbolize(address),
    symbols.cfiAt(address),
    symbols.winFramesAt(address),
  ]);
  if (isJson) return `${JSON.stringify({ address, symbol, cfi, winFrames })}\n`;
  const lines = [`0x${address.toString(16)}`];
  if (symbol === null) lines.push('  no symbol');
  else lines.push(...symbolLines(symbol, address));
  if (cfi !== null) lines.push(...cfi.rows.map((row) => `  cfi: ${printable(row)}`));
  for (const record of [winFrames?.frameData ?? null, winFrames?.fpo ?? null]) {
    if (record === null) continue;
    const { type, parameterSize, savedRegisterSize, localSize, program } = record;
    lines.push(
      `  win ${type}: parameters ${parameterSize}, saved registers ${savedRegisterSize}, locals ${localSize}` +
        (program === null ? '' : `, ${printable(program)}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

function symbolLines(symbol: SymbolizedAddress, address: number): string[] {
  const inlines = symbol.inlines.map((call) => `  ${place(call.function, call.file, call.line)} (inlined)`);
  const offset = `+0x${(address - symbol.functionAddress).toString(16)}`;
  const marks = `${symbol.isFolded ? ', folded' : ''}${symbol.source === 'public' ? ', public' : ''}`;
  return [...inlines, `  ${place(symbol.function, symbol.file, symbol.line)} (${offset}${marks})`];
}

function place(name: string, file: string | null, line: number | null): string {
  const where = file === null ? '' : ` at ${printable(file)}${line === null ? '' : `:${line}`}`;
  return `${printable(name)}${where}`;
}
