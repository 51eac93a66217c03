import { parseArgs } from 'node:util';

export interface StackwalkOptions {
  dump: string;
  form: 'json' | 'human' | 'breakpad';
  pretty: boolean;
  brief: boolean;
  threads: 'all' | 'crashing';
  symbolsPaths: string[];
  symbolsUrls: string[];
  symbolsCache: string | null;
  evilJson: string | null;
  outputFile: string | null;
}

export const help = `faultline stackwalk [OPTIONS] DUMP

Walks a minidump (or a log that holds a Breakpad microdump) and prints its stacks.

  --human               a report for people (default)
  --json                rust-minidump's JSON, with what only we know under the key "faultline"
  --breakpad            Breakpad's machine-readable text
  --pretty              indent the JSON
  --brief               only the summary and the crashing thread (--human)
  --threads WHICH       all (default) or crashing
  --symbols-path DIR    folder of symbols, laid out as NAME/DEBUG_ID/NAME.sym, or one .sym file; repeatable
  --symbols-url URL     symbol server to ask after the folders; repeatable
  --symbols-cache DIR   where downloads and indexes are kept between runs
  --evil-json FILE      raw crash with facts the dump does not hold (certificates, microcode)
  --output-file FILE    write there instead of to the terminal
  -h, --help            this text

Exit status: 0 walked, 1 the dump could not be walked, 2 the command line is wrong.

  faultline stackwalk --symbols-path ./symbols crash.dmp
`;

/** Throws an `Error` that says what is wrong with the command line; null asks for help. */
export function parseOptions(args: readonly string[]): StackwalkOptions | null {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      human: { type: 'boolean' },
      breakpad: { type: 'boolean' },
      pretty: { type: 'boolean' },
      brief: { type: 'boolean' },
      threads: { type: 'string' },
      'symbols-path': { type: 'string', multiple: true },
      'symbols-url': { type: 'string', multiple: true },
      'symbols-cache': { type: 'string' },
      'evil-json': { type: 'string' },
      'output-file': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return null;
  const [dump, ...more] = positionals;
  if (dump === undefined) throw new Error('Which minidump? Give its path behind the options.');
  if (more.length > 0) throw new Error(`One minidump at a time, please: ${more.join(', ')} is too much.`);
  const forms = (['json', 'human', 'breakpad'] as const).filter((form) => values[form] === true);
  if (forms.length > 1) throw new Error(`--${forms.join(' and --')} exclude each other.`);
  const threads = values.threads ?? 'all';
  if (threads !== 'all' && threads !== 'crashing') throw new Error('--threads is "all" or "crashing".');
  return {
    dump,
    form: forms[0] ?? 'human',
    pretty: values.pretty ?? false,
    brief: values.brief ?? false,
    threads,
    symbolsPaths: values['symbols-path'] ?? [],
    symbolsUrls: values['symbols-url'] ?? [],
    symbolsCache: values['symbols-cache'] ?? null,
    evilJson: values['evil-json'] ?? null,
    outputFile: values['output-file'] ?? null,
  };
}
