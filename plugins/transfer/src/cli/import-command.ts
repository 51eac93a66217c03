import path from 'node:path';
import { Clock, CrashStorage } from '@faultline/sdk';
import {
  folderOptions,
  folderOptionsHelp,
  UsageError,
  type CliContext,
  type CliModule,
} from '@faultline/sdk/cli-command';
import { importCrashes, type ImportCounts } from '../import-crashes.js';
import { layouts, type LayoutName } from '../layouts.js';
import { progressLine } from './progress-line.js';

/** `faultline import antenna|socorro`: the same command over two layouts. */
export function importCommand(name: LayoutName, shape: string): CliModule {
  const help = `Usage: faultline import ${name} FOLDER [--data DIR]

Takes every crash of a folder that ${shape}, with its dumps, into a data folder, whether a server runs on it or not.
They are processed anew, behind everything else: by the server that runs, within a few minutes, or by the next one.
A crash that is stored already is left alone, and so is one that was erased; a damaged one is named on standard error
and not taken. Cut off, by Ctrl-C too, the same command goes on where it was. The folder is only read.

${folderOptionsHelp}

Example: faultline import ${name} /srv/crashes --data ./data
`;
  return { help, run: (context) => run(context, name) };
}

async function run(context: CliContext, name: LayoutName): Promise<number> {
  const { values, positionals } = context.parse(folderOptions);
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw new UsageError('exactly one folder is wanted');
  const { signal } = context;
  return context.withServices(values, [CrashStorage], async (services) => {
    const show = progressLine(context);
    const counts = await importCrashes({
      root: path.resolve(context.cwd, folder),
      layout: layouts[name],
      storage: services.resolve(CrashStorage),
      clock: services.resolve(Clock),
      signal,
      onBad: (id, error) => context.stderr(`${id.slice(0, 80)}: ${error.message} (${error.code})\n`),
      progress: (counts, day) => show(`${day}: ${summary(counts)}`),
    });
    context.stdout(`${summary(counts)}\n`);
    return counts.bad === 0 ? 0 : 1;
  });
}

function summary({ imported, present, erased, bad }: ImportCounts): string {
  return `${imported} imported, ${present} stored already, ${erased} erased earlier, ${bad} bad`;
}
