/** For tests of plugins: a whole host, with fakes where the world would be. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  Bus,
  Clock,
  CrashStorage,
  isFaultlineError,
  Outbox,
  Random,
  StateStore,
  tokenId,
  type ContributionList,
  type ContributionPoint,
  type FaultlineError,
  type Logger,
  type MaybePromise,
  type Milliseconds,
  type Permission,
  type PluginContext,
  type PluginManifest,
  type PluginState,
  type Token,
} from '@faultline/sdk';
import { MemoryBus, MemoryCrashStorage, MemoryLogger, MemoryStateStore } from '@faultline/testing';
import type { CliModule, CliProcess } from '@faultline/sdk/cli-command';
import type { z, ZodType } from 'zod';
import { commandContext } from './cli/command-context.js';
import { reportError } from './cli/main.js';
import { importFromPlugin } from './cli/plugin-commands.js';
import { Configuration } from './config/configuration.js';
import { AccessConfig, ServerConfig } from './config/core-config.js';
import { startHost, type Host } from './host.js';
import { startWebSide, type WebSide } from './http/web-side.js';
import { serverFolder } from './own-package.js';
import { folderSource, type PluginSource } from './plugins/plugin-source.js';
import { systemClock } from './services/system-clock.js';
import { systemRandom } from './services/system-random.js';

/** A plugin made in a test. What its manifest leaves out is filled in: displayName from the id, the api version. */
export interface TestPlugin {
  manifest: Partial<z.input<typeof PluginManifest>> & { id: string };
  /** Made with `definePlugin`; any configuration. */
  definition?: {
    config?: ZodType;
    activate(context: PluginContext<never>): MaybePromise<void>;
    deactivate?(): MaybePromise<void>;
  };
  /** Its folder, when something of it is read from there. */
  root?: string;
}

export interface TestHostOptions {
  /** Ids of plugins of this repository, folders (with a `/`), or plugins made in the test. */
  plugins?: readonly (string | TestPlugin)[];
  /** Sections as they would stand in `faultline.yaml`. */
  config?: Record<string, unknown>;
  /** Services in place of real ones: `fake(CrashStorage, storage)`. */
  fakes?: readonly Fake[];
  /** All roles when absent. */
  roles?: readonly string[];
  /** Kept when given; else a new one that is removed at `stop`. */
  dataFolder?: string;
  logger?: Logger;
  activateLimit?: number;
  deactivateLimit?: number;
  /** Folder of a built page; none when absent. */
  pageFolder?: string;
  /** How often certificates are looked at. */
  tlsInterval?: number;
}

export interface TestHost {
  resolve<T>(service: Token<T>): T;
  contributions<T>(point: ContributionPoint<T>): ContributionList<T>;
  readonly bus: Bus;
  /** Address of the host, without a slash at its end. */
  readonly url: string;
  /** A request to a path of the host; with `as`, by a token that has these permissions. */
  fetch(path: string, init?: RequestInit & { as?: readonly Permission[] }): Promise<Response>;
  /** The code of a one-time link that signs in as admin. */
  createSignInCode(): Promise<string>;
  createToken(wish: { permissions: readonly Permission[]; validFor: Milliseconds | null }): Promise<string>;
  readonly dataFolder: string;
  states(): readonly PluginState[];
  /** The state of one plugin; throws when there is none of that id. */
  state(id: string): PluginState;
  /** Stops everything and removes what was made; returns what went wrong on the way. */
  stop(): Promise<FaultlineError[]>;
}

export type Fake = readonly [Token<unknown>, unknown];

/** Pairs a token with a stand-in of its type. */
export function fake<T>(service: Token<T>, implementation: T): Fake {
  return [service, implementation];
}

/**
 * Boots the plugins as the server does. Where neither a plugin nor a fake provides one, `Bus`, `StateStore`,
 * `CrashStorage` and `Outbox` are the in-memory ones of `@faultline/testing`.
 */
export async function startTestHost(options: TestHostOptions = {}): Promise<TestHost> {
  const sources = (options.plugins ?? []).map(sourceOf);
  const fakes = new Map<symbol, unknown>(options.fakes);
  const clock = (fakes.get(Clock) as Clock | undefined) ?? systemClock;
  const bus = (fakes.get(Bus) as Bus | undefined) ?? new MemoryBus(clock);
  const random = (fakes.get(Random) as Random | undefined) ?? systemRandom;
  for (const core of [Clock, Bus, Random]) fakes.delete(core);
  await addMemoryStores(fakes, sources, clock);

  const dataFolder = options.dataFolder ?? (await mkdtemp(path.join(tmpdir(), 'faultline-test-')));
  const configuration = new Configuration({ file: null, environment: {}, overrides: [], given: options.config ?? {} });
  const host = await startHost({
    configuration,
    sources,
    roles: new Set(options.roles ?? ['collector', 'processor', 'web', 'jobs']),
    dataFolder,
    publicUrl: configuration.section('server', ServerConfig).value.publicUrl,
    logger: options.logger ?? new MemoryLogger(),
    clock,
    random,
    bus,
    services: fakes as Map<Token<unknown>, unknown>,
    ...(options.activateLimit === undefined ? {} : { activateLimit: options.activateLimit }),
    ...(options.deactivateLimit === undefined ? {} : { deactivateLimit: options.deactivateLimit }),
  });
  const web = await startTestWeb(host, configuration, options);
  const tokens = new Map<string, Promise<string>>();
  const tokenFor = (permissions: readonly Permission[]): Promise<string> => {
    const key = permissions.join();
    const token = tokens.get(key) ?? web.createToken({ name: `test ${key}`, permissions, validFor: null });
    tokens.set(key, token);
    return token;
  };
  return {
    resolve: (service) => host.resolve(service),
    contributions: (point) => host.contributions(point),
    bus,
    url: web.url,
    async fetch(target, { as, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (as !== undefined) headers.set('auth-token', await tokenFor(as));
      return fetch(web.url + target, { redirect: 'manual', ...init, headers });
    },
    createSignInCode: () => web.createSignInCode(),
    createToken: (wish) => web.createToken({ name: 'test', ...wish }),
    dataFolder,
    states: () => host.states(),
    state: (id) => stateOf(host.states(), id),
    async stop() {
      await web.stop();
      const problems = await host.stop();
      if (options.dataFolder === undefined) await rm(dataFolder, { recursive: true, force: true });
      return problems;
    },
  };
}

/** On a free port of loopback; answers are held to what their routes declare. */
async function startTestWeb(host: Host, configuration: Configuration, options: TestHostOptions): Promise<WebSide> {
  const server = configuration.section('server', ServerConfig).value;
  const given = options.config?.['server'] as { port?: number } | undefined;
  try {
    return await startWebSide(host, {
      server: { ...server, port: given?.port ?? 0 },
      access: configuration.section('access', AccessConfig).value,
      pageFolder: options.pageFolder ?? null,
      checksAnswers: true,
      ...(options.tlsInterval === undefined ? {} : { tlsInterval: options.tlsInterval }),
    });
  } catch (error) {
    await host.stop();
    throw error;
  }
}

function sourceOf(plugin: string | TestPlugin): PluginSource {
  if (typeof plugin === 'string') {
    const folder = plugin.includes('/') ? plugin : path.join(serverFolder, '..', 'plugins', plugin);
    return folderSource(folder, 'built-in');
  }
  const location = plugin.root ?? `test plugin ${plugin.manifest.id}`;
  const manifest = {
    displayName: plugin.manifest.id,
    apiVersion: 1,
    ...(plugin.definition === undefined ? {} : { entry: './dist/index.js' }),
    ...plugin.manifest,
  };
  const inFolder = plugin.root === undefined ? null : folderSource(plugin.root, 'built-in');
  return {
    location,
    origin: 'given',
    packageJson: () => Promise.resolve({ version: '0.0.0', faultline: manifest }),
    importEntry: () => Promise.resolve(plugin.definition),
    refresh: () => inFolder?.refresh(),
    moduleUrl: (module) => inFolder?.moduleUrl(module) ?? `file:///${plugin.manifest.id}/${module}`,
  };
}

async function addMemoryStores(fakes: Map<symbol, unknown>, sources: PluginSource[], clock: Clock): Promise<void> {
  const provided = new Set<unknown>();
  for (const source of sources) {
    for (const service of await providedBy(source)) provided.add(service);
  }
  const crashes = new MemoryCrashStorage();
  const stores: readonly Fake[] = [
    fake(StateStore, new MemoryStateStore(clock)),
    fake(CrashStorage, crashes),
    fake(Outbox, crashes),
  ];
  for (const [service, store] of stores) {
    if (!provided.has(tokenId(service)) && !fakes.has(service)) fakes.set(service, store);
  }
}

/** A broken manifest is the boot's to report. */
async function providedBy(source: PluginSource): Promise<readonly string[]> {
  try {
    const manifest = (await source.packageJson())['faultline'] as Partial<PluginManifest> | null | undefined;
    return manifest?.provides ?? [];
  } catch (error) {
    if (isFaultlineError(error)) return [];
    throw error;
  }
}

function stateOf(states: readonly PluginState[], id: string): PluginState {
  const state = states.find((one) => one.id === id);
  if (state === undefined) throw new Error(`The host has no plugin "${id}".`);
  return state;
}

export interface CommandOutcome {
  /** 0 done, 1 failed, 2 called wrongly. */
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a command's module as the program `faultline` does; its output is caught. */
export async function runCommand(
  module: CliModule,
  args: readonly string[],
  process: Partial<Pick<CliProcess, 'cwd' | 'env' | 'stdin' | 'importFrom' | 'signal'>> = {},
): Promise<CommandOutcome> {
  const output = { stdout: '', stderr: '' };
  const context: CliProcess = {
    args,
    env: {},
    cwd: tmpdir(),
    stdout: (text) => void (output.stdout += text),
    stderr: (text) => void (output.stderr += text),
    stdin: async function* () {},
    importFrom: importFromPlugin,
    signal: new AbortController().signal,
    ...process,
  };
  const code = await module.run(commandContext(context, args)).catch((error: unknown) => reportError(error, context));
  return { code, ...output };
}
