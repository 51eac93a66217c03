/** A plugin's manifest: the `faultline` key of its package.json, readable without running code. */
import { z } from 'zod';
import { panelSlots } from './ui-panel.js';

/** Version of this contract; grows with breaking changes. */
export const apiVersion = 1;

/** Processes may take on some of these; all of them by default. */
export const processRoles = ['collector', 'processor', 'web', 'jobs'] as const;
export type ProcessRole = (typeof processRoles)[number];

const id = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes, a letter first');
const relativePath = z.string().regex(/^(\.\/)?[^/\\].*$/, 'a path inside the plugin folder');

const panel = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1),
  slot: z.enum(panelSlots),
  module: relativePath,
  order: z.number().default(100),
  /** Shown only when the processed crash has this field. */
  whenField: z.string().optional(),
});

const command = z.strictObject({ id: z.string().min(1), title: z.string().min(1), module: relativePath });
const named = z.strictObject({
  id: z.string().min(1),
  title: z.string().optional(),
  /** A setting of the plugin that has to be there, and not false: without it the contribution is not added. */
  when: z.string().min(1).optional(),
  /** A setting with a map of the plugin: there is one contribution for each key, which stands for the `*` of the id. */
  each: z.string().min(1).optional(),
});

/** Contribution points that a manifest may name, each with the shape of its static facts. */
const contributes = {
  CliCommand: z.array(command).default([]),
  CrashEraser: z.array(named).default([]),
  CrashSink: z.array(named).default([]),
  FieldDefinition: z.array(named).default([]),
  HttpFront: z.array(named).default([]),
  HttpRoute: z.array(named).default([]),
  Job: z.array(named).default([]),
  MetricSource: z.array(named).default([]),
  NoticeSource: z.array(named).default([]),
  Notifier: z.array(named).default([]),
  ProcessingRule: z.array(named).default([]),
  RuleSettings: z.array(named).default([]),
  Ruleset: z.array(named).default([]),
  SignatureRule: z.array(named).default([]),
  Stackwalker: z.array(named).default([]),
  SymbolSource: z.array(named).default([]),
  ThrottleRule: z.array(named).default([]),
  UiPanel: z.array(panel).default([]),
};
export type ContributionPointId = keyof typeof contributes;

export const PluginManifest = z.strictObject({
  id,
  displayName: z.string().min(1),
  description: z.string().default(''),
  apiVersion: z.number().int(),
  /** Module that default-exports `definePlugin(...)`; TypeScript is taken as it is. Absent: nothing runs in the host. */
  entry: relativePath.optional(),
  /** Module that default-exports `defineRules(...)`; loaded in the rules' worker thread. */
  rules: relativePath.optional(),
  /** Folder whose files the page may load (panels' modules). */
  ui: relativePath.optional(),
  /** Roles that the plugin takes part in; every process runs it when absent. */
  roles: z.array(z.enum(processRoles)).optional(),
  /**
   * What it adds, by contribution point: static facts only. Adding what is not listed here is an error. An id may end
   * in `*`, where there are many: `"FieldDefinition": [{ "id": "*" }]`.
   */
  contributes: z.strictObject(contributes).prefault({}),
  /** Absolute paths that its routes may claim, e.g. `/submit`. A trailing `*` stands for the rest. */
  routes: z.array(z.string().startsWith('/')).default([]),
  requires: z
    .strictObject({
      /** Ids of plugins that must be active. */
      plugins: z.array(id).default([]),
      /** Ids of services (tokens) that somebody must provide. */
      services: z.array(z.string()).default([]),
      /**
       * Contribution points whose contributors it works with. A command that opens a service of this plugin on a folder
       * runs those, too; a server runs them anyway.
       */
      contributions: z.array(z.string()).default([]),
      binaries: z
        .array(
          z.strictObject({
            name: z.string().min(1),
            versionArguments: z.array(z.string()).default(['--version']),
            hint: z.string().min(1),
            /** The plugin works without it, but not all of it: `doctor` tells. */
            optional: z.boolean().default(false),
          }),
        )
        .default([]),
    })
    .prefault({}),
  /** Ids of services that it provides. */
  provides: z.array(z.string()).default([]),
  /** `stop`: the server can't live without it. */
  onFailure: z.enum(['stop', 'continue']).default('continue'),
});
export type PluginManifest = z.output<typeof PluginManifest>;
export type PanelManifest = z.output<typeof panel>;
export type CommandManifest = z.output<typeof command>;
