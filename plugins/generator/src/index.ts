import { definePlugin, FieldDefinition } from '@faultline/sdk';
import { GeneratorConfig } from './config.js';

const modules: FieldDefinition = {
  id: 'modules',
  title: 'Modules',
  type: 'list',
  description: 'File names of all modules that were loaded.',
  permission: 'public',
};

/** Adds nothing unless `generator.fields` is set; the command `generate` needs no running plugin. */
export default definePlugin({
  config: GeneratorConfig,
  activate(context) {
    if (context.config.fields) context.contribute(FieldDefinition, modules);
  },
});
