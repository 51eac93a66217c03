import path from 'node:path';
import { definePlugin, SymbolSource } from '@faultline/sdk';
import { SymbolsConfig } from './config.js';
import { walkerOptions } from './walker-options.js';

export default definePlugin({
  config: SymbolsConfig,
  activate(context) {
    const dataFolder = path.resolve(context.paths.data, '../..');
    context.contribute(SymbolSource, {
      id: 'symbols',
      title: 'Symbol folders and servers',
      order: 100,
      module: new URL('./sources.js', import.meta.url).href,
      options: walkerOptions(context.config, { dataFolder, cacheFolder: context.paths.cache }),
    });
  },
});
