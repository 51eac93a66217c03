import type { DryRun, JsonValue } from '@faultline/sdk';

const widest = 200;

/** A dry run for people: what each rule did, what it wrote, and what would be different. */
export function dryRunText(run: DryRun): string {
  const lines = [
    `${run.crashId}, ruleset ${run.ruleset}: ${run.status} in ${run.duration} ms`,
    run.stackwalk === null
      ? 'stack walk: none'
      : `stack walk: ${run.stackwalk.status}, ${Math.round(run.stackwalk.duration)} ms (${run.stackwalk.tool} ${run.stackwalk.version})`,
    signatureLine(run),
    '',
    'Rules:',
    ...run.rules.flatMap(({ rule, version, outcome, duration, fields, notes, errorClass }) => [
      `  ${outcome.padEnd(9)} ${duration.toFixed(2).padStart(9)} ms  ${rule} (${version})${errorClass === undefined ? '' : `: ${errorClass}`}` +
        (fields.length === 0 ? '' : `  -> ${fields.join(', ')}`),
      ...notes.map((note) => `             note: ${note}`),
    ]),
    ...(run.notes.length === 0 ? [] : ['', 'Notes:', ...run.notes.map((note) => `  ${note}`)]),
    '',
    'Patch:',
    ...orNothing(Object.entries(run.patch).map(([field, value]) => `  ${field} = ${shown(value)}`)),
    '',
    run.signatureBefore === null ? 'It was never processed; all of it would be new:' : 'Against what is stored:',
    ...orNothing(
      run.changes.flatMap(({ field, before, after }) => [
        ...(before === undefined ? [] : [`  - ${field} = ${shown(before)}`]),
        ...(after === undefined ? [] : [`  + ${field} = ${shown(after)}`]),
      ]),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function signatureLine({ signature, signatureBefore }: DryRun): string {
  if (signatureBefore === null) return `signature: ${signature}`;
  return signature === signatureBefore
    ? `signature: ${signature} (as before)`
    : `signature: ${signatureBefore} -> ${signature}`;
}

function orNothing(lines: string[]): string[] {
  return lines.length === 0 ? ['  nothing'] : lines;
}

function shown(value: JsonValue): string {
  const text = JSON.stringify(value);
  return text.length <= widest ? text : `${text.slice(0, widest)}… (${text.length} characters)`;
}
