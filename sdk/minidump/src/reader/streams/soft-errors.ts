import { FaultlineError } from '@faultline/sdk/errors';
import { decodeUtf8 } from '../byte-view.js';
import { defineStream } from '../stream-definition.js';

/** Mozilla's stream of errors met while writing the dump: any JSON value. Text that is no JSON is a problem. */
export const softErrors = defineStream<unknown>(0x4d7a0004, (stream): unknown => {
  try {
    return JSON.parse(decodeUtf8(stream.bytes));
  } catch (cause) {
    throw new FaultlineError('Malformed', 'SOFT_ERRORS_NOT_JSON', 'The soft errors are no JSON', { cause });
  }
});
