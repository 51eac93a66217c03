import type { CliContext } from '@faultline/sdk/cli-command';
import type { IndexDirectory } from '@faultline/symbols';
import { renameSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { buildIndexFile } from '../index-store/build-index-file.js';
import { temporaryName } from '../index-store/temporary-files.js';
import { fromFolder, runCommand } from './command-arguments.js';
import { printable } from './printable.js';

export const help = `Usage: faultline symbols index FILE.sym... [-o OUTPUT.symx]

Builds the compact index of each symbol file, beside it as FILE.symx. Plain or gzip.
  -o, --output FILE   where the index of a single file goes
  --threads N         worker threads for one large file (default: one per CPU, at most 4)

Example: faultline symbols index xul.pdb/*/xul.sym
`;

export function run(context: CliContext): Promise<number> {
  return runCommand(context, {
    name: 'symbols index',
    help,
    options: { output: { type: 'string', short: 'o' }, threads: { type: 'string' } },
    usage({ positionals, values }) {
      if (positionals.length === 0) return 'name at least one symbol file.';
      if (values['output'] !== undefined && positionals.length > 1) return '-o goes with a single file.';
      const threads = values['threads'];
      return threads === undefined || /^[1-9]\d?$/.test(String(threads)) ? null : '--threads must be 1 to 99.';
    },
    async run({ positionals, values }) {
      const threads = Number(values['threads'] ?? Math.min(4, availableParallelism()));
      for (const file of positionals) {
        const output = fromFolder(context, String(values['output'] ?? indexNameOf(file)));
        await indexOne(context, fromFolder(context, file), output, threads);
      }
      return 0;
    },
  });
}

async function indexOne(context: CliContext, text: string, output: string, threads: number): Promise<void> {
  const start = performance.now();
  const temporary = temporaryName(output);
  try {
    const directory = await buildIndexFile(text, temporary, { limits: {}, threads, signal: context.signal });
    const { size } = statSync(temporary);
    renameSync(temporary, output);
    context.stdout(summary(directory, output, size, performance.now() - start));
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function indexNameOf(file: string): string {
  return `${file.replace(/\.sym$/i, '')}.symx`;
}

function summary(directory: IndexDirectory, output: string, size: number, milliseconds: number): string {
  const { tables, problems, text } = directory;
  const ratio = ((100 * size) / Math.max(1, text.bytes)).toFixed(0);
  const lines = [
    `${printable(output)}: ${size} bytes, ${ratio} % of the text, in ${milliseconds.toFixed(0)} ms`,
    `  ${tables.functions.count} functions, ${tables.publics.count} public symbols, ${tables.cfi.count} CFI ranges, ` +
      `${tables.winFrameData.count + tables.winFpo.count} STACK WIN records`,
  ];
  if (directory.overlapping > 0) lines.push(`  ${directory.overlapping} records overlap others and are left out`);
  if (problems.total > 0) lines.push(`  ${problems.total} lines with problems; faultline symbols check names them`);
  return `${lines.join('\n')}\n`;
}
