/** What of Electron's `autoUpdater` is used. */
export interface Updater {
  on(event: 'error', hear: (error: Error) => void): unknown;
  setFeedURL(options: { url: string }): void;
  checkForUpdates(): void;
}

/**
 * The hook for updates: where the settings name a place (`updateUrl`), macOS and Windows look there when the app begins
 * and install what they find when it ends. On Linux the package manager does it.
 */
export function startUpdates({
  updateUrl,
  platform,
  updater,
  onError,
}: {
  updateUrl: string;
  platform: string;
  updater: Updater;
  onError(error: Error): void;
}): void {
  if (updateUrl === '' || !['darwin', 'win32'].includes(platform)) return;
  try {
    updater.on('error', onError);
    updater.setFeedURL({ url: updateUrl });
    updater.checkForUpdates();
  } catch (error) {
    // No address, or an app that is not signed: it runs on as it is.
    onError(error instanceof Error ? error : new Error(String(error)));
  }
}
