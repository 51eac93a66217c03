import { FaultlineError } from '@faultline/sdk/errors';
import { ApiError } from '../api/api-error.js';

/** What the app's main process refused: its words and its code stand in one text, as only a text crosses the bridge. */
export function appFailure(error: unknown): ApiError {
  const { code, message } = read(error);
  return new ApiError(-1, code, message);
}

/** The same for the worker of a dump, which knows no server. */
export function appFault(error: unknown): FaultlineError {
  const { code, message } = read(error);
  return new FaultlineError('Unavailable', code, message, { cause: error });
}

function read(error: unknown): { code: string; message: string } {
  const text = error instanceof Error ? error.message : String(error);
  const [, message = text, code = 'APP_FAILED'] = /^([^]*) \(([A-Z][A-Z_]+)\)$/.exec(text) ?? [];
  return { code, message };
}
