import { z } from 'zod';

export const SignatureListName = z.enum(['irrelevant', 'prefix', 'sentinels', 'withLineNumbers']);

/** By which rules crashes are signed, beside the lists. */
export const GroupingRules = z.strictObject({
  /** `default` for any product, `socorro` with Gecko's steps as well. */
  ruleset: z.enum(['default', 'socorro']),
  /** Rulesets of single products, by product name. */
  products: z.record(z.string().max(200), z.enum(['default', 'socorro'])),
  /** Frames of the crashing thread that are looked at, inlined calls included. */
  frames: z.number().int().min(1).max(40),
  /** Steps that are left out, by name (`SignatureLists.rules.steps`). */
  without: z.array(z.string().max(100)).max(50),
});
export type GroupingRules = z.output<typeof GroupingRules>;

/**
 * Whole texts, as they stand in their files; a list that is not named stays as it is, null goes back to what is built in.
 * So do the rules: null goes back to those of the configuration.
 */
export const SignatureListEdits = z.strictObject({
  rules: GroupingRules.nullable().optional(),
  irrelevant: z.string().max(1_000_000).nullable().optional(),
  prefix: z.string().max(1_000_000).nullable().optional(),
  sentinels: z.string().max(1_000_000).nullable().optional(),
  withLineNumbers: z.string().max(1_000_000).nullable().optional(),
});
export type SignatureListEdits = z.output<typeof SignatureListEdits>;

/** A line that was left out (`error`) or is worth a look (`warning`). */
export const SignatureListProblem = z.object({
  file: z.string(),
  line: z.number(),
  expression: z.string(),
  severity: z.enum(['error', 'warning']),
  code: z.string(),
  message: z.string(),
});
export type SignatureListProblem = z.output<typeof SignatureListProblem>;

const ListChange = z.object({
  version: z.number(),
  at: z.string(),
  actorName: z.string(),
  /** One line for people: "12 lines added to prefix", "undid version 3". */
  text: z.string(),
  /** The plan that was applied; "" when the lists were only saved. */
  plan: z.string(),
});

/** GET /api/v1/signature-lists */
export const SignatureLists = z.object({
  /** 0 while nobody has edited them here. */
  version: z.number(),
  lists: z.array(
    z.object({
      name: SignatureListName,
      title: z.string(),
      description: z.string(),
      /** What its file is called. */
      file: z.string(),
      /** `file`: it stands in the configured folder and is edited there. */
      origin: z.enum(['built-in', 'file', 'app']),
      text: z.string(),
      /** Lines that count. */
      entries: z.number(),
    }),
  ),
  /** Absent from servers that know of lists only. */
  rules: GroupingRules.extend({
    origin: z.enum(['configuration', 'app']),
    /** Those that may be left out. */
    steps: z.array(z.object({ name: z.string(), title: z.string() })),
  }).optional(),
  problems: z.array(SignatureListProblem),
  /** Newest first. */
  history: z.array(ListChange),
});
export type SignatureLists = z.output<typeof SignatureLists>;

/** PUT /api/v1/signature-lists: for crashes that come from now on. */
export const SignatureListUpdate = z.strictObject({
  /** As last seen; another one is a conflict. */
  version: z.number().int().min(0),
  lists: SignatureListEdits,
});

/** POST /api/v1/signature-lists/check */
export const SignatureListCheck = z.strictObject({ lists: SignatureListEdits });
export const SignatureListProblems = z.object({ problems: z.array(SignatureListProblem) });

/** POST /api/v1/signature-lists/test: one crash, with the lists in force and with the edited ones. */
export const SignatureListTest = z.strictObject({
  crashId: z.string().max(100),
  lists: SignatureListEdits.default({}),
});
export const SignatureListTestAnswer = z.object({
  stored: z.string(),
  current: z.string(),
  edited: z.string(),
  /** Every frame with the edited lists: its name, what became of it, and the line that decided. */
  frames: z.array(
    z.object({
      name: z.string(),
      verdict: z.string(),
      reason: z.string(),
      entry: z.object({ file: z.string(), line: z.number(), expression: z.string() }).nullable(),
    }),
  ),
  notes: z.array(z.string()),
});
export type SignatureListTestAnswer = z.output<typeof SignatureListTestAnswer>;

/** POST /api/v1/signature-lists/preview, answered with 202. */
export const SignatureListPreview = z.strictObject({
  version: z.number().int().min(0),
  lists: SignatureListEdits,
  /** The newest so many. */
  crashes: z.number().int().min(1).max(200_000).default(10_000),
});

/** What a change of the lists would do, or has done. */
export const SignaturePlan = z.object({
  id: z.string(),
  at: z.string(),
  actorName: z.string(),
  /** Of the lists that it was made for. */
  version: z.number(),
  status: z.enum(['listed', 'applying', 'applied', 'undoing', 'undone']),
  /** Crashes looked at. */
  crashes: z.number(),
  /** Crashes whose signature changes. */
  moved: z.number(),
  /** Groups that crashes leave, that they come to, that did not exist before, that are empty afterwards. */
  leaving: z.number(),
  joining: z.number(),
  created: z.number(),
  emptied: z.number(),
  /** Groups that two or more groups end up in. */
  merged: z.number(),
  /** Groups whose crashes end up in two or more. */
  split: z.number(),
  /** One line for people. */
  text: z.string(),
  /** Most crashes first, at most 1,000. */
  moves: z.array(z.object({ from: z.string(), to: z.string(), crashes: z.number(), example: z.string() })),
  problems: z.array(SignatureListProblem),
});
export type SignaturePlan = z.output<typeof SignaturePlan>;

/** The run of the job that does it; followed at `/api/v1/job-runs/:id`. The plan of a preview has the id of its run. */
export const SignatureListRun = z.object({ run: z.string() });
export type SignatureListRun = z.output<typeof SignatureListRun>;
