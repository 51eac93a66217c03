/** `faultline process`: what processing a crash would do, on a folder or on a running server. */
import { CrashProcessing } from '@faultline/sdk';
import type { DryRun } from '@faultline/sdk';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  UsageError,
} from '@faultline/sdk/cli-command';
import type { CliContext } from '@faultline/sdk/cli-command';
import { requireCrashId } from '@faultline/sdk/crash-id';
import { dryRunText } from './dry-run-text.js';

export const help = `Usage: faultline process CRASH_ID --dry-run [OPTIONS]

Runs a ruleset over a crash and writes nothing: prints what each rule did and took, its notes, what it wrote, and the
difference to what is stored. Works on a data folder, whether a server runs on it or not, or asks a server (--url).
To process a crash for good: faultline reprocess.

  --dry-run          wanted: this command never writes
  --rules A,B        only these rules, on what is stored; else the whole ruleset, and the dumps are walked anew
  --ruleset NAME     default
  --json             the whole answer as JSON
${folderOptionsHelp}
${serverOptionsHelp}

Example: faultline process 0a1b2c3d-... --rules signature/sign --dry-run --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...folderOptions,
    ...serverOptions,
    'dry-run': { type: 'boolean' },
    rules: { type: 'string' },
    ruleset: { type: 'string' },
    json: { type: 'boolean' },
  });
  const [id, ...more] = positionals;
  if (id === undefined || more.length > 0) throw new UsageError('exactly one crash id is wanted');
  if (values['dry-run'] !== true) {
    throw new UsageError('only --dry-run is done here; `faultline reprocess CRASH_ID` processes for good');
  }
  const crashId = requireCrashId(id);
  const rules = values.rules?.split(',').map((rule) => rule.trim());
  const wish = { ruleset: values.ruleset ?? 'default', ...(rules === undefined ? {} : { rules }) };
  // A server that only stands in the environment is no reason to leave the folder that was named.
  const asksServer =
    values.url !== undefined || (values.data === undefined && context.env['FAULTLINE_URL'] !== undefined);
  const dryRun = asksServer
    ? ((await context.server(values).json('/api/v1/processing/dry-run', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ crashId, ...wish }),
      })) as DryRun)
    : await context.withServices(values, [CrashProcessing], (services) =>
        services.resolve(CrashProcessing).dryRun(crashId, wish, context.signal),
      );
  context.stdout(values.json === true ? `${JSON.stringify(dryRun, null, 2)}\n` : dryRunText(dryRun));
  return 0;
}
