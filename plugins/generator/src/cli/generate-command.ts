/** `faultline generate`: a data folder full of crashes, without anybody having crashed. */
import { CrashStorage, SearchEngine } from '@faultline/sdk';
import { folderOptions, folderOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import { fillFolder } from '../fill-folder.js';

export const help = `Usage: faultline generate --crashes N [options]

Fills a data folder with generated crashes: five made-up programs with releases that take over from each other, 20,000
kinds of crashes of which few are frequent, regressions, spikes, systems and graphics cards. They go straight into the
store and the search index. The same options give the same crashes.

  --crashes N        how many
  --days D           over how many days, the last of which is today (30)
  --seed S           any text; another one gives other crashes (1)
  --end DATE         the day after the last crashes, e.g. 2026-11-22; with it the same crashes whenever it is called
  --full             whole reports with stacks and modules, some 30 KB each, instead of 2 to 3 KB
  --dumps            a small minidump for each
${folderOptionsHelp}

No server may run on the folder meanwhile. Ctrl-C stops it; what was stored by then stays, and the same command goes on.

Example: faultline generate --crashes 100000 --days 90 --data ./trial`;

const mostCrashes = 100_000_000;
const mostDays = 3_650;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...folderOptions,
    crashes: { type: 'string' },
    days: { type: 'string' },
    seed: { type: 'string' },
    end: { type: 'string' },
    full: { type: 'boolean' },
    dumps: { type: 'boolean' },
  });
  if (positionals.length > 0) throw new UsageError(`"${positionals[0] ?? ''}" is not understood`);
  if (values.crashes === undefined) throw new UsageError('how many crashes? Say --crashes N');
  const crashes = wholeNumber('--crashes', values.crashes, mostCrashes);
  const days = wholeNumber('--days', values.days ?? '30', mostDays);
  const end = endOf(values.end);
  const set = ['generator.fields=true', ...(values.set ?? [])];
  return await context.withFolder({ ...values, set }, async (services) => {
    const began = performance.now();
    const seconds = (): number => (performance.now() - began) / 1000;
    let shown = 0;
    const filling = fillFolder({
      crashes,
      days,
      seed: values.seed ?? '1',
      end,
      storage: services.resolve(CrashStorage),
      engine: services.resolve(SearchEngine),
      wholeSince: values.full === true ? 0 : Infinity,
      dumps: values.dumps ?? false,
      signal: context.signal,
      progress: (done) => {
        if (seconds() - shown < 1 && done < crashes) return;
        shown = seconds();
        const rate = Math.round(done / shown);
        const rest = Math.ceil((crashes - done) / Math.max(1, rate));
        context.stderr(`\r${done} of ${crashes}, ${rate} a second, ${rest} s to go   `);
      },
    });
    const filled = await filling.catch((error: unknown) => {
      if (!context.signal.aborted) throw error;
      return null;
    });
    if (filled === null) {
      context.stderr('\nstopped: what was stored stays, and the same command goes on from there\n');
      return 1;
    }
    const { stored, known } = filled;
    const rate = Math.round((stored + known) / seconds());
    context.stderr('\n');
    const before = known === 0 ? '' : `, ${known} were there before`;
    context.stdout(`${stored} crashes stored and indexed in ${seconds().toFixed(1)} s (${rate} a second)${before}\n`);
    return 0;
  });
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text.replaceAll('_', ''));
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new UsageError(`${option} must be a whole number from 1 to ${most}, not "${text}"`);
}

/** Midnight after today, when nothing is said: crashes of today come up to now. */
function endOf(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`--end must be a date such as 2026-11-22, not "${text}"`);
}
