import { crashReporter } from 'electron';

export interface CrashReporting {
  version: string;
  /** Server in use, with a slash at its end; null when there is none: then nothing is sent. */
  serverUrl: string | null;
}

/**
 * The app's own crashes, sent to the user's server like those of any program. It is started once, before anything else,
 * so the address is that of the server chosen when the app began.
 */
export function startCrashReporting({ version, serverUrl }: CrashReporting): void {
  crashReporter.start({
    productName: 'Faultline',
    ...(serverUrl === null ? { uploadToServer: false } : { submitURL: `${serverUrl}submit` }),
    compress: true,
    globalExtra: { _version: version, channel: 'desktop' },
  });
}
