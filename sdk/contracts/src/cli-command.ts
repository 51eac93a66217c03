import type { Token } from './token.js';

/**
 * Commands of the `faultline` program. Name and help stand in the manifest
 * (`"contributes": { "CliCommand": [{ "id": "stackwalk", "title": "...", "module": "./dist/cli/stackwalk.js" }] }`),
 * so that `faultline --help` runs no plugin; the module is loaded when its command is called, and should import only
 * what it needs. `id` is the words that call it: "symbols index" is two.
 */

/** The command was called wrongly: its message is printed with the way to `--help`, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Options of a command, without the dashes: `{ data: { type: 'string' }, json: { type: 'boolean' } }`. */
export type CliOptions = Readonly<Record<string, { type: 'string' | 'boolean'; multiple?: boolean; short?: string }>>;

export type CliOptionValues<O extends CliOptions> = {
  -readonly [Name in keyof O]?: O[Name] extends { multiple: true }
    ? (O[Name]['type'] extends 'boolean' ? boolean : string)[]
    : O[Name]['type'] extends 'boolean'
      ? boolean
      : string;
};

/** Options of every command that talks to a server. */
export const serverOptions = { url: { type: 'string' }, token: { type: 'string' } } as const;

export const serverOptionsHelp = `  --url URL          the server (FAULTLINE_URL)
  --token TOKEN      an API token (FAULTLINE_TOKEN)`;

export interface ServerOptions {
  url?: string | undefined;
  token?: string | undefined;
}

/** Options of every command that works on a data folder. */
export const folderOptions = {
  data: { type: 'string' },
  config: { type: 'string' },
  set: { type: 'string', multiple: true },
} as const;

export const folderOptionsHelp = `  --data DIR         the data folder (FAULTLINE_DATA; ./data)
  --config FILE      the configuration (DIR/faultline.yaml)
  --set KEY=VALUE    one setting, e.g. --set access.anonymous=none; may be repeated`;

export interface FolderOptions {
  data?: string | undefined;
  config?: string | undefined;
  set?: string[] | undefined;
}

/** Requests to one server. */
export interface CliServer {
  /** The path stands behind the server's address. Throws `Unavailable SERVER_UNREACHABLE`; any answer is returned. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** The JSON of an answer, null for an empty one; an error of the server is thrown as one of ours. */
  json(path: string, init?: RequestInit): Promise<unknown>;
}

/** The services of a data folder that a command has opened. */
export interface CliServices {
  readonly dataFolder: string;
  resolve<T>(service: Token<T>): T;
}

/** What a command has of the process it runs in. */
export interface CliProcess {
  /** Words after the command's own. */
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  stdout(text: string): void;
  stderr(text: string): void;
  stdin(): AsyncIterable<Uint8Array>;
  /**
   * Imports a module that another plugin offers in the `exports` of its package, e.g. `('symbols', './sources')`.
   * Throws `Unavailable PLUGIN_MISSING` when that plugin is not installed.
   */
  importFrom(plugin: string, subpath: string): Promise<unknown>;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

/** What a command gets. */
export interface CliContext extends CliProcess {
  /** Reads `args`. Throws `UsageError` for what the command does not know. */
  parse<const O extends CliOptions>(options: O): { values: CliOptionValues<O>; positionals: string[] };
  /** The server of `--url` (or FAULTLINE_URL). Throws `UsageError` when there is none. */
  server(options: ServerOptions): CliServer;
  /**
   * Opens these services on the data folder of `--data`, and what provides them: no other plugin runs, and the
   * folder is not claimed, so that a server may run on it. Closed when `work` has ended.
   */
  withServices<T>(
    options: FolderOptions,
    services: readonly Token<unknown>[],
    work: (services: CliServices) => Promise<T>,
  ): Promise<T>;
  /**
   * Holds the data folder of `--data` as a server would, without one: its plugins run, with their fields and services,
   * but nothing is collected, processed or served. Throws `Conflict STORAGE_HELD` while a server runs on it.
   */
  withFolder<T>(options: FolderOptions, work: (services: CliServices) => Promise<T>): Promise<T>;
}

/** What a command's module exports. Usage errors return 2, failures 1, success 0. */
export interface CliModule {
  /** What `--help` prints: usage, options, an example. */
  help: string;
  run(context: CliContext): Promise<number>;
}
