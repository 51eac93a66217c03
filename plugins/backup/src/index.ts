import { definePlugin, Job, ServerInfo, StorageUpkeep } from '@faultline/sdk';
import { backupJob } from './backup-job.js';
import { BackupConfig } from './config.js';

export default definePlugin({
  config: BackupConfig,
  activate(context) {
    const { config, roles } = context;
    if (config.folder === undefined || roles.size === 0) return;
    const { dataFolder, version } = context.resolve(ServerInfo);
    const upkeep = context.resolve(StorageUpkeep);
    context.contribute(Job, backupJob({ config, folder: config.folder, dataFolder, version, upkeep }));
  },
});
