import path from 'node:path';
import { Bus, Clock, CrashStorage, definePlugin, ServerInfo } from '@faultline/sdk';
import { SampleDataConfig } from './config.js';

export default definePlugin({
  config: SampleDataConfig,
  async activate(context) {
    if (!context.config.fill) return;
    const storage = context.resolve(CrashStorage);
    if ((await storage.days()).length > 0) {
      context.logger.info('the data folder holds reports already: no samples are added');
      return;
    }
    // Loaded where it is wanted only: all that writes a minidump comes with it.
    const { fillWithSamples } = await import('./fill-with-samples.js');
    const made = await fillWithSamples(context.config, {
      storage,
      bus: context.resolve(Bus),
      symbolsFolder: path.join(context.resolve(ServerInfo).dataFolder, 'symbols'),
      now: context.resolve(Clock).now(),
      signal: context.signal,
    });
    context.logger.info({ reports: made }, 'sample crashes were added');
  },
});
