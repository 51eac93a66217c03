import { UsageError } from '@faultline/sdk/cli-command';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { systemErrorCode } from '@faultline/sdk/errors';

type Options = NonNullable<ParseArgsConfig['options']>;

type Parsed<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true; strict: true; args: string[] }>
>;

/** Options and operands of a command. Throws `UsageError` for what the command does not know. */
export function parseCommandLine<const O extends Options>(args: readonly string[], options: O): Parsed<O> {
  try {
    return parseArgs({ args: withDashedValues(args, options), options, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof Error && systemErrorCode(error).startsWith('ERR_PARSE_ARGS')) {
      throw new UsageError(error.message.split('. ')[0] ?? error.message);
    }
    throw error;
  }
}

/**
 * `--from -7d` means what it says, as does a token that happens to begin with a dash: Node's own parser takes such a
 * value only after "=", lest a forgotten value swallow the next short option. What is a short option of the command
 * is left alone.
 */
function withDashedValues(args: readonly string[], options: Options): string[] {
  const shorts = new Set(Object.values(options).flatMap(({ short }) => (short === undefined ? [] : [`-${short}`])));
  const joined: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const [arg = '', next = ''] = [args[at], args[at + 1]];
    if (arg === '--') return [...joined, ...args.slice(at)];
    const takesValue = arg.startsWith('--') && options[arg.slice(2)]?.type === 'string';
    if (takesValue && /^-[^-]/.test(next) && !shorts.has(next.slice(0, 2))) {
      joined.push(`${arg}=${next}`);
      at++;
    } else joined.push(arg);
  }
  return joined;
}
