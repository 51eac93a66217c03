import { serverOptions, serverOptionsHelp, UsageError, type CliContext } from '@faultline/sdk/cli-command';
import type { Subject } from '../checks/check.js';
import { healthChecks } from '../checks/health-checks.js';
import { readingChecks } from '../checks/reading-checks.js';
import { submitChecks } from '../checks/submit-checks.js';
import { verdictInTime } from '../checks/verdict-in-time.js';
import { lineText, sumText, type Line } from '../verdict-table.js';

export const help = `Usage: faultline selftest --url URL [OPTIONS]

Tries a deployed server, with whatever proxy stands before it, as crash reporters and people use it: is it well, does it
take a report and process, index and show it, does it refuse what it should in the words that clients know. The report
is erased at the end, if the token may. Exit code 1 when a check failed; what could not be tried is no failure.

${serverOptionsHelp}
                     Without one, what only signed-in people see is skipped; "manage" lets it erase its report.
  --product NAME     product of its report (FaultlineSelftest)
  -a KEY=VALUE       an annotation of its report; may be repeated
  --key KEY          submit key of the product
  --discard K=V      annotation that a throttle rule of yours rejects; may be repeated
  --keep             leave the report where it is
  --patience S       seconds until the report must be found (30)
  --timeout S        seconds until an answer must be there (20)
  --json             one JSON object a line

Example: faultline selftest --url https://crashes.example.org --token "$TOKEN"
`;

export async function run(context: CliContext): Promise<number> {
  const { values, positionals } = context.parse({
    ...serverOptions,
    product: { type: 'string' },
    annotation: { type: 'string', multiple: true, short: 'a' },
    key: { type: 'string' },
    discard: { type: 'string', multiple: true },
    keep: { type: 'boolean' },
    patience: { type: 'string' },
    timeout: { type: 'string' },
    json: { type: 'boolean' },
  });
  if (positionals.length > 0) throw new UsageError(`selftest does not know what to do with "${positionals[0]}"`);
  const server = context.server(values);
  const url = new URL(values.url ?? context.env['FAULTLINE_URL'] ?? '');
  const subject: Subject = {
    url,
    server,
    submitKey: values.key ?? null,
    patience: secondsOf('--patience', values.patience ?? '30') * 1000,
    answerLimit: secondsOf('--timeout', values.timeout ?? '20') * 1000,
    annotations: {
      ProductName: values.product ?? 'FaultlineSelftest',
      Version: '1.0',
      ReleaseChannel: 'selftest',
      ...pairsOf(values.annotation ?? []),
    },
    discarded: values.discard === undefined ? null : pairsOf(values.discard),
    mayErase: values.keep !== true,
    accepted: { crashId: null },
    signal: context.signal,
  };
  const lines: Line[] = [];
  for (const check of [...healthChecks, ...submitChecks, ...readingChecks]) {
    const start = performance.now();
    const verdict = await verdictInTime(check, subject);
    const line = { check: check.name, ...verdict, milliseconds: Math.round(performance.now() - start) };
    lines.push(line);
    context.stdout(values.json === true ? `${JSON.stringify(line)}\n` : lineText(line));
    // Whatever came next would say the same in other words.
    if (check === healthChecks[0] && line.outcome === 'failed') break;
  }
  if (values.json !== true) context.stdout(sumText(lines));
  return lines.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

/** Throws `UsageError`. */
function pairsOf(texts: readonly string[]): Record<string, string> {
  const pairs = texts.map((text): [string, string] => {
    const at = text.indexOf('=');
    if (at < 1) throw new UsageError(`"${text}" is no KEY=VALUE`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

/** Throws `UsageError`. */
function secondsOf(option: string, text: string): number {
  const seconds = Number(text);
  // Beyond a day, a timer of the machine would be over at once.
  if (seconds > 0 && seconds <= 86_400) return seconds;
  throw new UsageError(`${option} wants a number of seconds above 0, at most a day, not "${text}"`);
}
