import { FaultlineError } from '@faultline/sdk/errors';

/** The one answer to a damaged, truncated or forged index. It is derived data: build it again. */
export function corruptIndex(what: string): FaultlineError {
  return new FaultlineError('Malformed', 'SYMX_CORRUPT', `The symbol index is damaged: ${what}.`, {
    hint: 'Delete the .symx file; it is built again from its .sym.',
  });
}
