/** `faultline rules`: rulesets with their rules in order. */
import { CrashProcessing } from '@faultline/sdk';
import type { RulesetInOrder } from '@faultline/sdk';
import {
  folderOptions,
  folderOptionsHelp,
  serverOptions,
  serverOptionsHelp,
  UsageError,
} from '@faultline/sdk/cli-command';
import type { CliContext } from '@faultline/sdk/cli-command';

export const help = `Usage: faultline rules [RULESET] [OPTIONS]

Lists the rulesets with their rules in the order they run: version, budget, what each reads and writes. Rules that
can't be ordered (a cycle, two writers of a field) are named with what to do, and the exit code is 1.

  --json             as JSON
${folderOptionsHelp}
${serverOptionsHelp}

Example: faultline rules regenerate-signature --data ./data
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({ ...folderOptions, ...serverOptions, json: { type: 'boolean' } });
  const [wanted, ...more] = positionals;
  if (more.length > 0) throw new UsageError('one ruleset at most is wanted');
  const asksServer =
    values.url !== undefined || (values.data === undefined && context.env['FAULTLINE_URL'] !== undefined);
  const all = asksServer
    ? ((await context.server(values).json('/api/v1/processing/rulesets')) as { rulesets: RulesetInOrder[] }).rulesets
    : await context.withServices(values, [CrashProcessing], (services) =>
        services.resolve(CrashProcessing).describeRulesets(),
      );
  const rulesets = wanted === undefined ? all : all.filter(({ name }) => name === wanted);
  if (rulesets.length === 0) {
    throw new UsageError(`there is no ruleset "${wanted}"; there are ${all.map(({ name }) => name).join(', ')}`);
  }
  context.stdout(
    values.json === true ? `${JSON.stringify(rulesets, null, 2)}\n` : rulesets.map(rulesetText).join('\n'),
  );
  return rulesets.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

function rulesetText({ name, title, from, rules, problems }: RulesetInOrder): string {
  const lines = [
    `${name}: ${title === '' ? 'no title' : title} (from the ${from === 'report' ? 'report, dumps are walked' : 'processed crash'})`,
    ...rules.flatMap(({ id, version, budget, reads, writes, stops, isParked }, index) => [
      `${String(index + 1).padStart(4)}. ${id} (${version}), at most ${budget} ms${isParked ? ', PARKED' : ''}${stops > 0 ? `, stopped ${stops} times` : ''}`,
      `      reads ${reads.join(', ') || 'the raw crash'}; writes ${writes.join(', ') || 'nothing'}`,
    ]),
    ...problems.map(({ code, message, hint }) => `  ${code}: ${message} ${hint}`),
  ];
  return `${lines.join('\n')}\n`;
}
