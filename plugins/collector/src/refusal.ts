import { isFaultlineError, type HttpResponse, type Logger } from '@faultline/sdk';
import type { Outcome } from './admission/counts.js';
import { retryAfter } from './admission/gate.js';
import { RefusedPost, WrongSubmitKey } from './admission/refused-post.js';
import * as answer from './answers.js';
import { MalformedReport, ReportTooLarge } from './malformed-report.js';

/** What a post is told that was not taken; counts why. Throws what is nobody's answer: the client is gone. */
export function refuse(
  error: unknown,
  logger: Logger,
  count: (outcome: Outcome, reason: string) => void,
): HttpResponse {
  if (error instanceof MalformedReport) {
    count('malformed', error.reason);
    return answer.malformed(error.reason);
  }
  if (error instanceof ReportTooLarge) {
    count('too_large', 'too_large');
    return answer.tooLarge();
  }
  if (error instanceof WrongSubmitKey) {
    count('unauthorized', 'submit_key');
    return answer.wrongSubmitKey();
  }
  if (error instanceof RefusedPost) {
    count(error.kind, error.reason);
    return error.kind === 'limited' ? answer.limited(error.reason, error.seconds) : answer.unavailable(error.seconds);
  }
  if (isFaultlineError(error)) {
    if (error.code === 'CRASH_EXISTS') {
      count('malformed', 'invalid_uuid');
      return answer.malformed('invalid_uuid');
    }
    count('unavailable', error.code);
    logger.error({ code: error.code, err: error }, 'a crash report could not be stored');
    return answer.unavailable(retryAfter);
  }
  count('aborted', 'connection');
  throw error;
}
