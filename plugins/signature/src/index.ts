import { definePlugin, FieldDefinition } from '@faultline/sdk';
import { SignatureConfig } from './config.js';
import { signatureFields } from './fields.js';
import { describeProblem, listsOfFolder } from './folder-lists.js';

/** The rule itself runs in the rules' worker: see `rules.ts`. */
export default definePlugin({
  config: SignatureConfig,
  activate(context) {
    for (const field of signatureFields) context.contribute(FieldDefinition, field);
    if (context.config.lists === undefined) return;
    const { folder, own } = context.config.lists;
    context.logger.info({ folder, lists: own }, 'signature lists read');
    for (const problem of listsOfFolder(context.config.lists, true).problems) {
      context.logger.warn({ problem }, describeProblem(problem));
    }
  },
});
