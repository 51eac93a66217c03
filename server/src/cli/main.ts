/** The program `faultline`: finds the command and runs it. Imports as little as it can, for commands must start fast. */
import path from 'node:path';
import { UsageError, type CliProcess } from '@faultline/sdk/cli-command';
import { isFaultlineError } from '@faultline/sdk/errors';
import { suggestion } from '../config/suggestion.js';
import { serverVersion } from '../own-package.js';
import { commandContext } from './command-context.js';
import { ownCommands, type CommandEntry } from './command-table.js';
import { builtInPluginCommands, configuredPluginCommands, importFromPlugin } from './plugin-commands.js';

/** The exit code: 0 done, 1 failed, 2 called wrongly. */
export async function main(args: readonly string[], context = processContext(args)): Promise<number> {
  try {
    const [first] = args;
    if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
      context.stdout(overview());
      return first === undefined ? 2 : 0;
    }
    if (first === '--version') {
      context.stdout(`${serverVersion}\n`);
      return 0;
    }
    return await dispatch(context);
  } catch (error) {
    return reportError(error, context);
  }
}

async function dispatch(context: CliProcess): Promise<number> {
  const { args } = context;
  const found = find(ownCommands, args) ?? find(builtInPluginCommands(), args) ?? (await findConfigured(context));
  if (found === null) return withoutCommand(context);
  const module = await found.entry.load();
  const rest = args.slice(found.words);
  if (asksForHelp(rest)) {
    context.stdout(module.help.endsWith('\n') ? module.help : `${module.help}\n`);
    return 0;
  }
  try {
    return await module.run(commandContext(context, rest));
  } catch (error) {
    if (error instanceof UsageError) error.message += `\nSee \`faultline ${found.entry.id} --help\``;
    throw error;
  }
}

/** The longest name that the words begin with: "symbols index" before "symbols". */
function find(
  entries: readonly CommandEntry[],
  args: readonly string[],
): { entry: CommandEntry; words: number } | null {
  for (const words of [3, 2, 1]) {
    const name = args.slice(0, words).join(' ');
    const entry = entries.find(({ id }) => id === name && id.split(' ').length === words);
    if (entry !== undefined) return { entry, words };
  }
  return null;
}

async function findConfigured({ args, env, cwd }: CliProcess): Promise<ReturnType<typeof find>> {
  const dataFolder = path.resolve(cwd, optionOf(args, '--data') ?? env['FAULTLINE_DATA'] ?? 'data');
  const configFile = path.resolve(cwd, optionOf(args, '--config') ?? path.join(dataFolder, 'faultline.yaml'));
  return find(await configuredPluginCommands(configFile, dataFolder), args);
}

function optionOf(args: readonly string[], name: string): string | undefined {
  const index = args.indexOf(name);
  if (index >= 0) return args[index + 1];
  return args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** The first word of several commands lists them when asked for help; anything else is called wrongly. */
function withoutCommand({ args, stdout }: CliProcess): number {
  const known = [...ownCommands, ...builtInPluginCommands()];
  const [first = ''] = args;
  const family = known.filter(({ id }) => id.startsWith(`${first} `));
  if (family.length > 0 && asksForHelp(args)) {
    stdout(`Usage: faultline ${first} COMMAND [OPTIONS]\n\n${listed(family)}\n`);
    return 0;
  }
  const names = family.map(({ id }) => id).join(', ');
  if (family.length > 0) throw new UsageError(`"${first}" needs another word: ${names}`);
  const guess = suggestion(
    first,
    known.flatMap(({ id }) => [id, id.split(' ')[0] ?? id]),
  );
  throw new UsageError(`there is no command "${first}".${guess}\n\`faultline --help\` lists the commands`);
}

function listed(entries: readonly CommandEntry[]): string {
  return entries.map(({ id, title }) => `  ${id.padEnd(18)} ${title}`).join('\n');
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end < 0 ? args.length : end).some((arg) => arg === '--help' || arg === '-h');
}

function overview(): string {
  return `Usage: faultline COMMAND [OPTIONS]

${listed(ownCommands)}

Of plugins:
${listed(builtInPluginCommands().toSorted((a, b) => a.id.localeCompare(b.id)))}

faultline COMMAND --help says more of one. --version prints the version.
Environment: FAULTLINE_DATA (--data), FAULTLINE_URL (--url), FAULTLINE_TOKEN (--token).
`;
}

/** Says what went wrong; the exit code. */
export function reportError(error: unknown, context: Pick<CliProcess, 'stderr'>): number {
  if (error instanceof UsageError) {
    context.stderr(`faultline: ${error.message}.\n`);
    return 2;
  }
  if (isFaultlineError(error)) {
    context.stderr(`faultline: ${error.message}${error.hint === undefined ? '' : ` ${error.hint}`}\n`);
    return 1;
  }
  context.stderr(`faultline: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return 1;
}

function processContext(args: readonly string[]): CliProcess {
  const stop = new AbortController();
  return {
    args,
    env: process.env,
    cwd: process.cwd(),
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    stdin: () => process.stdin,
    importFrom: importFromPlugin,
    get signal() {
      if (process.listenerCount('SIGINT') === 0) process.once('SIGINT', () => stop.abort());
      return stop.signal;
    },
  };
}
