import { autoUpdater } from 'electron';

/**
 * The hook for updates: where the settings name a place (`updateUrl`), macOS and Windows look there when the app begins
 * and install what they find when it ends. On Linux the package manager does it.
 */
export function startUpdates(updateUrl: string, onError: (error: Error) => void): void {
  if (updateUrl === '' || !['darwin', 'win32'].includes(process.platform)) return;
  autoUpdater.on('error', onError);
  autoUpdater.setFeedURL({ url: updateUrl });
  autoUpdater.checkForUpdates();
}
