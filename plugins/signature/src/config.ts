import { rulesets } from '@faultline/signature';
import type { RulesetName } from '@faultline/signature';
import { z } from 'zod';
import { readListFolder } from './list-folder.js';

const rulesetNames = Object.keys(rulesets) as [RulesetName, ...RulesetName[]];
const ruleset = z.enum(rulesetNames);

/**
 * The rules' worker opens no files, so the lists are read here, when the configuration is: what the worker gets are
 * their texts.
 */
const listFolder = z
  .string()
  .min(1)
  .transform((folder, context) => {
    try {
      return readListFolder(folder);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  });

export const SignatureConfig = z.strictObject({
  lists: listFolder
    .optional()
    .describe(
      "Folder with lists of your own under Socorro's four file names; a list that is not there stays the built-in one. " +
        'Read at the start.',
    ),
  ruleset: ruleset
    .default('default')
    .describe("Rules that sign crashes: `default`, or `socorro` with Gecko's as well."),
  products: z
    .record(z.string(), ruleset)
    .default({})
    .describe('Rules of single products, by product name; others use `ruleset`.'),
});
export type SignatureConfig = z.output<typeof SignatureConfig>;
