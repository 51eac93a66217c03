import type { CliContext } from '@faultline/sdk/cli-command';
import { checkSymbolFile } from '@faultline/symbols';
import { textChunks } from '../index-store/text-chunks.js';
import { fromFolder, runCommand } from './command-arguments.js';
import { printable } from './printable.js';

export const help = `Usage: faultline symbols check [--json] [--max N] FILE

Reads a symbol file and names, by line, what readers skip or can't use. Ends with 1 when there is such a line.
  FILE       plain or gzip; - reads standard input
  --json     print one JSON document
  --max N    problems printed (default 100); all are counted

Example: faultline symbols check app.pdb/5A98/app.sym
`;

export function run(context: CliContext): Promise<number> {
  return runCommand(context, {
    name: 'symbols check',
    help,
    options: { json: { type: 'boolean' }, max: { type: 'string' } },
    usage({ positionals, values }) {
      if (positionals.length !== 1) return 'name one symbol file.';
      return /^\d{1,6}$/.test(String(values['max'] ?? 100)) ? null : '--max must be a number.';
    },
    async run({ positionals: [file = ''], values }) {
      const chunks = file === '-' ? context.stdin() : textChunks(fromFolder(context, file));
      const report = await checkSymbolFile(chunks, { limits: { maxProblems: Number(values['max'] ?? 100) } });
      if (values['json'] === true) {
        context.stdout(`${JSON.stringify(report)}\n`);
        return report.problems.total === 0 ? 0 : 1;
      }
      const name = printable(file);
      for (const { line, reason, text } of report.problems.first) {
        context.stdout(`${name}:${line}: ${reason}: ${printable(text)}\n`);
      }
      const { moduleRecord, counts } = report;
      const module =
        moduleRecord === null ? 'no MODULE record' : printable(`${moduleRecord.name} ${moduleRecord.debugId}`);
      context.stdout(
        `${name}: ${module}; ${report.lines} lines, ${counts.functions} functions, ${counts.lines} line rows, ` +
          `${counts.inlines} inline ranges, ${counts.publics} public symbols, ${counts.cfiInits} CFI ranges, ` +
          `${counts.winFrameData + counts.winFpo} STACK WIN records; ${report.problems.total} problems\n`,
      );
      return report.problems.total === 0 ? 0 : 1;
    },
  });
}
