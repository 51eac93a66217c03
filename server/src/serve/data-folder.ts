import { access, constants, mkdir } from 'node:fs/promises';
import { FaultlineError, systemErrorCode } from '@faultline/sdk/errors';

/** Makes the folder where it is missing. Throws `PermissionDenied DATA_FOLDER_UNWRITABLE`. */
export async function prepareDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o750 });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const reason = systemErrorCode(error) || String(error);
    throw new FaultlineError(
      'PermissionDenied',
      'DATA_FOLDER_UNWRITABLE',
      `The data folder ${folder} can't be written (${reason}).`,
      {
        hint: 'Give it to the user that runs the server, or name another with --data.',
        cause: error,
      },
    );
  }
}
