import { FaultlineError } from '@faultline/sdk/errors';
import { parseCrashId } from '@faultline/sdk/crash-id';

/** One dump with what is known of it, sent as any crash reporter sends: the server treats it like every other. */
export interface DumpToSend {
  dump: Blob;
  fileName: string;
  fields: readonly { name: string; value: string }[];
}

/**
 * @param base of the server, with a slash at its end
 * @returns the crash id
 * @throws FaultlineError `SEND_REFUSED` with the server's own words, `SEND_FAILED`
 */
export async function sendDump(
  base: string,
  { dump, fileName, fields }: DumpToSend,
  signal: AbortSignal,
): Promise<string> {
  const form = new FormData();
  for (const { name, value } of fields) if (name.trim() !== '' && value !== '') form.append(name.trim(), value);
  form.append('upload_file_minidump', dump, fileName);
  let answer: Response;
  try {
    answer = await fetch(`${base}submit`, { method: 'POST', body: form, credentials: 'omit', signal });
  } catch (error) {
    if (signal.aborted) throw new FaultlineError('Timeout', 'SEND_CANCELLED', 'Sending was stopped.');
    throw new FaultlineError('Unavailable', 'SEND_FAILED', 'The server does not answer.', { cause: error });
  }
  const text = await answer.text();
  const crashId = parseCrashId(/CrashID=(\S+)/.exec(text)?.[1] ?? '');
  if (crashId !== null) return crashId;
  throw new FaultlineError('Unavailable', 'SEND_REFUSED', `HTTP ${answer.status}: ${text.trim().slice(0, 200)}`, {
    hint: 'A throttle rule or a limit of the server may refuse it.',
  });
}
