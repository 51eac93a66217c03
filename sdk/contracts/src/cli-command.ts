/**
 * Commands of the `faultline` program. Name and help stand in the manifest
 * (`"contributes": { "CliCommand": [{ "id": "stackwalk", "title": "...", "module": "./dist/cli/stackwalk.js" }] }`),
 * so that `faultline --help` runs no plugin; the module is loaded when its command is called, and should import only
 * what it needs. `id` is the words that call it: "symbols index" is two.
 */

export interface CliContext {
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

/** What a command's module exports. Usage errors return 2, failures 1, success 0. */
export interface CliModule {
  /** What `--help` prints: usage, options, an example. */
  help: string;
  run(context: CliContext): Promise<number>;
}
