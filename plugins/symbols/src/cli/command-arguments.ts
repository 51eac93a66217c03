import path from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isFaultlineError } from '@faultline/sdk/errors';
import type { CliContext } from '@faultline/sdk/cli-command';

export interface CommandWords {
  positionals: string[];
  values: Readonly<Record<string, unknown>>;
}

/**
 * Reads a command's words and runs it. Answers `--help`, prints usage errors (2) and failures (1).
 * @param usage says what is wrong with the words, or null
 */
export async function runCommand(
  context: CliContext,
  command: {
    name: string;
    help: string;
    options: NonNullable<ParseArgsConfig['options']>;
    usage: (words: CommandWords) => string | null;
    run: (words: CommandWords) => Promise<number>;
  },
): Promise<number> {
  let words: CommandWords;
  try {
    const options = { ...command.options, help: { type: 'boolean', short: 'h' } } as const;
    words = parseArgs({ args: [...context.args], options, allowPositionals: true });
  } catch (error) {
    return usageError(context, command.name, error instanceof Error ? error.message : String(error));
  }
  if (words.values['help'] === true) {
    context.stdout(command.help);
    return 0;
  }
  const wrong = command.usage(words);
  if (wrong !== null) return usageError(context, command.name, wrong);
  try {
    return await command.run(words);
  } catch (error) {
    context.stderr(`faultline ${command.name}: ${failure(error)}\n`);
    return 1;
  }
}

/** A path given on the command line. */
export function fromFolder(context: CliContext, file: string): string {
  return path.resolve(context.cwd, file);
}

function usageError(context: CliContext, name: string, message: string): number {
  context.stderr(`faultline ${name}: ${message}\nSee faultline ${name} --help.\n`);
  return 2;
}

function failure(error: unknown): string {
  if (isFaultlineError(error)) return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  return error instanceof Error ? error.message : String(error);
}
