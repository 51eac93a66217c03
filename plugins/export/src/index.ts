import path from 'node:path';
import { CrashSink, definePlugin, FieldDictionary, ServerInfo } from '@faultline/sdk';
import { ExportConfig } from './config.js';
import { ExportSink } from './export-sink.js';

export default definePlugin({
  config: ExportConfig,
  activate(context) {
    const { config, logger, roles } = context;
    if (!config.enabled || roles.size === 0) return;
    const sink = new ExportSink({
      folder:
        config.folder === undefined
          ? context.paths.data
          : path.resolve(context.resolve(ServerInfo).dataFolder, config.folder),
      fields: context.resolve(FieldDictionary),
      logger,
      tidyAfter: config.tidyAfter,
    });
    context.contribute(CrashSink, sink);
    context.onStop(() => sink.close());
  },
});
