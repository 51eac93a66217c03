import { z } from 'zod';
import { topologyKinds } from '../topology/topology.js';

const Name = z
  .string()
  .regex(/^[\w-]+(\.[\w-]+)*$/)
  .max(300);

/** One setting with its value in this process. */
export const SettingDetail = z.object({
  /** `section.key.inner` */
  name: Name,
  /** Absent when it is not set, and for secrets. */
  value: z.unknown().optional(),
  /** A secret that is set shows nothing but that. */
  isSet: z.boolean(),
  source: z.enum(['default', 'file', 'environment', 'command line']),
  /** The line of the file, the variable, or the option; "" for a default. */
  place: z.string(),
  description: z.string(),
  isSecret: z.boolean(),
  /** JSON Schema of what may be given. */
  schema: z.record(z.string(), z.unknown()),
  /** Whether a change takes effect while the server runs. */
  takesEffect: z.enum(['at once', 'after a restart']),
});
export type SettingDetail = z.output<typeof SettingDetail>;

const ConfigurationProblem = z.object({
  /** `section.key`, or a section; "" for the whole file. */
  setting: z.string(),
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});

export const ConfigurationDetail = z.object({
  file: z.string(),
  /** Names the text of the file; a change must name the text it was made for. */
  revision: z.string(),
  /** Somebody has edited the file since the last change that was made here. */
  isEditedByHand: z.boolean(),
  /** What is wrong with the file as it is. */
  problems: z.array(ConfigurationProblem),
  /** Settings that the file has otherwise than this process runs with. */
  waiting: z.array(z.string()),
  sections: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      /** "" for the server's own. */
      plugin: z.string(),
      settings: z.array(SettingDetail),
    }),
  ),
});
export type ConfigurationDetail = z.output<typeof ConfigurationDetail>;

export const SettingChange = z.strictObject({
  name: Name,
  /** Absent: take the setting out of the file, so that its default holds. */
  value: z.unknown().optional(),
});

/** What is to become of the file: single settings, or a whole text. */
export const ConfigurationChange = z.strictObject({
  revision: z.string().max(100).describe('Of the file that the change was made for; "" for whatever it is.'),
  changes: z.array(SettingChange).max(500).optional(),
  text: z.string().max(1_000_000).optional().describe('In place of `changes`: the whole file.'),
});
export type ConfigurationChange = z.output<typeof ConfigurationChange>;

const TopologyPart = z.object({ id: z.string(), kind: z.enum(topologyKinds), title: z.string() });
const TopologyWay = z.object({ from: z.string(), to: z.string() });

export const ConfigurationReview = z.object({
  /** Nothing is applied while there are any. */
  problems: z.array(ConfigurationProblem),
  /** What would work, but probably not as meant. */
  warnings: z.array(z.object({ code: z.string(), message: z.string(), hint: z.string() })),
  /** What could lock people out or cut reporters off: it is applied only with a second yes. */
  dangers: z.array(z.object({ code: z.string(), message: z.string() })),
  differences: z.array(
    z.object({
      name: z.string(),
      /** JSON; "(secret)" for secrets, null for what is not set. */
      before: z.unknown(),
      after: z.unknown(),
      takesEffect: z.enum(['at once', 'after a restart', 'never: overridden']),
      /** Where it is overridden; "" otherwise. */
      overriddenBy: z.string(),
    }),
  ),
  /** What comes and goes in the topology, as all processes with this configuration would make it. */
  topology: z.object({
    added: z.array(TopologyPart),
    removed: z.array(TopologyPart),
    /** Titles; of ways between parts that stay. */
    addedWays: z.array(TopologyWay),
    removedWays: z.array(TopologyWay),
  }),
});
export type ConfigurationReview = z.output<typeof ConfigurationReview>;

export const ConfigurationApplied = z.object({
  revision: z.string(),
  review: ConfigurationReview,
  /** Plugins that took up their new settings. */
  reloaded: z.array(z.string()),
  /** Plugins, or "server", that need a restart. */
  needRestart: z.array(z.string()),
});
export type ConfigurationApplied = z.output<typeof ConfigurationApplied>;

export const ConfigurationHistory = z.object({
  /** Newest first. */
  entries: z.array(
    z.object({
      number: z.int(),
      at: z.string(),
      by: z.string(),
      what: z.enum(['apply', 'rollback', 'hand edit']),
      /** Names of the settings that changed. */
      settings: z.array(z.string()),
    }),
  ),
});
export type ConfigurationHistory = z.output<typeof ConfigurationHistory>;
