import { Bus, Clock, CrashStorage, definePlugin, FieldDefinition, SearchEngine } from '@faultline/sdk';
import { GeneratorConfig } from './config.js';

const modules: FieldDefinition = {
  id: 'modules',
  title: 'Modules',
  type: 'list',
  description: 'File names of all modules that were loaded.',
  permission: 'public',
};

/** Adds nothing unless it is configured to; the command `generate` needs no running plugin. */
export default definePlugin({
  config: GeneratorConfig,
  async activate(context) {
    const { config, logger, signal } = context;
    if (config.fields) context.contribute(FieldDefinition, modules);
    if (config.fill === 0 || !context.roles.has('processor')) return;
    const storage = context.resolve(CrashStorage);
    // Asked before anybody else has put a crash there.
    if ((await storage.days()).length > 0) {
      logger.info('the data folder holds reports already: no generated crashes are added');
      return;
    }
    let filling: Promise<void> = Promise.resolve();
    context.onReady(async () => {
      // Loaded where it is wanted only: all that writes a minidump comes with it.
      const { fillWhileRunning } = await import('./fill-while-running.js');
      const engine = context.resolve(SearchEngine);
      const target = { storage, engine, bus: context.resolve(Bus), clock: context.resolve(Clock), logger, signal };
      filling = fillWhileRunning(config, target);
    });
    context.onStop(() => filling);
  },
});
