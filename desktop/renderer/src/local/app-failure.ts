import { ApiError } from '../api/api-error.js';

/** What the app's main process refused: its words and its code stand in one text, as only a text crosses the bridge. */
export function appFailure(error: unknown): ApiError {
  const text = error instanceof Error ? error.message : String(error);
  const [, message = text, code = 'APP_FAILED'] = /^([^]*) \(([A-Z][A-Z_]+)\)$/.exec(text) ?? [];
  return new ApiError(-1, code, message);
}
