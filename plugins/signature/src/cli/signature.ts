/** `faultline signature`: crash data on standard input, signatures on standard output. */
import { parseArgs } from 'node:util';
import path from 'node:path';
import type { CliContext } from '@faultline/sdk/cli-command';
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import { builtInLists, crashDataOfProcessed, generateSignature, rulesets } from '@faultline/signature';
import type { CrashData, RulesetName, Signature, SignatureLists } from '@faultline/signature';
import { describeProblem, listsOfFolder } from '../folder-lists.js';
import { readListFolder } from '../list-folder.js';
import { explanationText } from './explanation-text.js';
import { inputLines, inputText } from './input-lines.js';

export const help = `Usage: faultline signature [options] < crash-data.json

Makes the signature of crash data (the JSON of Socorro's signature tools) or of a processed crash, and prints
{"signature", "proto_signature", "notes", "steps"} on one line.

  --batch          one JSON object a line in, one line out for each; a line that can't be read gives {"error"}
  --lists DIR      use the lists of this folder (Socorro's four file names); a missing one stays the built-in one
  --ruleset NAME   socorro (the default here: all rules of Socorro) or default (those for any product)
  --explain        print for people: every frame and what became of it, and each rule's step
  --help           this text

Lines of a list that can't be used are named on standard error; the others are in force.

  faultline signature --lists ./siglists --batch < crashes.ndjson
`;

interface Options {
  lists: SignatureLists;
  ruleset: RulesetName;
  isBatch: boolean;
  print: (result: Signature) => string;
}

/** Exit codes: 0, 1 when crash data couldn't be read, 2 for wrong usage. */
export async function run(context: CliContext): Promise<number> {
  let options: Options | null;
  try {
    options = readOptions(context);
  } catch (error) {
    const { message, hint } = asFaultlineError(error, 'USAGE');
    context.stderr(`faultline signature: ${message}${hint === undefined ? '' : ` ${hint}`}\n`);
    return 2;
  }
  if (options === null) {
    context.stdout(help);
    return 0;
  }
  for (const problem of options.lists.problems) context.stderr(`${describeProblem(problem)}\n`);
  return options.isBatch ? signLines(context, options) : signOne(context, options);
}

function readOptions({ args, cwd }: CliContext): Options | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      batch: { type: 'boolean', default: false },
      lists: { type: 'string' },
      ruleset: { type: 'string', default: 'socorro' },
      explain: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return null;
  if (!isRuleset(values.ruleset)) {
    const names = Object.keys(rulesets).join(', ');
    throw new FaultlineError('Malformed', 'UNKNOWN_RULESET', `no ruleset "${values.ruleset}"`, {
      hint: `Known: ${names}.`,
    });
  }
  const folder = values.lists === undefined ? null : readListFolder(path.resolve(cwd, values.lists));
  return {
    lists: folder === null ? builtInLists() : listsOfFolder(folder, true),
    ruleset: values.ruleset,
    isBatch: values.batch,
    print: values.explain ? explanationText : resultLine,
  };
}

function isRuleset(name: string): name is RulesetName {
  return Object.hasOwn(rulesets, name);
}

async function signOne(context: CliContext, options: Options): Promise<number> {
  try {
    context.stdout(options.print(sign(await inputText(context.stdin()), options)));
    return 0;
  } catch (error) {
    context.stderr(`faultline signature: ${asFaultlineError(error).message}\n`);
    return 1;
  }
}

/** Characters that are gathered before they are written. */
const chunkLength = 64 * 1024;

async function signLines(context: CliContext, options: Options): Promise<number> {
  let failed = 0;
  let output = '';
  for await (const line of inputLines(context.stdin())) {
    if (context.signal.aborted) break;
    if (line.trim() === '') continue;
    try {
      output += options.print(sign(line, options));
    } catch (error) {
      failed++;
      output += `${JSON.stringify({ error: asFaultlineError(error) })}\n`;
    }
    if (output.length < chunkLength) continue;
    context.stdout(output);
    output = '';
  }
  if (output !== '') context.stdout(output);
  return failed === 0 ? 0 : 1;
}

function sign(text: string, { lists, ruleset }: Options): Signature {
  return generateSignature(readCrashData(text), lists, { rules: rulesets[ruleset] });
}

/** Crash data as it is; a processed crash is told by its `json_dump`. */
function readCrashData(text: string): CrashData {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new FaultlineError('Malformed', 'CRASH_DATA_NOT_JSON', 'The crash data is no JSON', { cause: error });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new FaultlineError('Malformed', 'CRASH_DATA_NO_OBJECT', 'The crash data is no JSON object');
  }
  return 'json_dump' in value ? crashDataOfProcessed({ ...value }) : value;
}

function resultLine({ signature, protoSignature, notes, steps }: Signature): string {
  return `${JSON.stringify({ signature, proto_signature: protoSignature, notes, steps })}\n`;
}
