import type { Disposer, Milliseconds } from '@faultline/sdk';
import { asFaultlineError } from '@faultline/sdk/errors';
import type { PluginRecord, ValidPlugin } from '../boot/plugin-record.js';
import type { Host } from '../host.js';
import { watchFolder } from './watch-folder.js';

/** Editors write a file in several steps; a change is taken up when it has been quiet for so long. */
const quiet: Milliseconds = 200;

/** Reloads plugins from outside when a file of theirs changes: `serve --dev`. */
export function watchPlugins(host: Host): Disposer {
  const watched = host.plugins.records.filter(isWatched).map((record) => watchOne(host, record));
  return () => {
    for (const stop of watched) stop();
  };
}

function isWatched(record: PluginRecord): record is ValidPlugin {
  return record.source.origin === 'configured' && record.manifest !== null && record.state.state !== 'disabled';
}

function watchOne(host: Host, record: ValidPlugin): Disposer {
  const { id } = record.manifest;
  let timer: NodeJS.Timeout | undefined;
  let reloading = Promise.resolve();
  const reload = async (): Promise<void> => {
    try {
      await host.plugins.reload(record);
      if (record.state.error === undefined) host.logger.info(`${id} was reloaded`);
      else host.logger.error(`${record.state.error.message} ${record.state.error.hint}`);
    } catch (error) {
      const { message, hint } = asFaultlineError(error);
      host.logger.warn(`${id} was not reloaded: ${message} ${hint ?? ''}`);
    }
  };
  const unwatch = watchFolder(record.source.location, () => {
    clearTimeout(timer);
    timer = setTimeout(() => (reloading = reloading.then(reload)), quiet);
  });
  return () => {
    clearTimeout(timer);
    unwatch();
  };
}
