import type { CliServer } from '@faultline/sdk/cli-command';
import { failed, type Check, type Subject, type Verdict } from './check.js';

/**
 * The verdict of a check, whatever the check meets: one that gets no answer, or only half of one, is cut off in time,
 * and everything that it has open with it. Never rejects.
 */
export async function verdictInTime(check: Check, subject: Subject): Promise<Verdict> {
  const limit = subject.answerLimit + (check.isPatient === true ? subject.patience : 0);
  const end = new AbortController();
  const signal = AbortSignal.any([subject.signal, end.signal]);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => resolve(failed(`no answer within ${limit / 1000} s`)), limit);
  });
  const verdict = check
    .run({ ...subject, signal, server: under(subject.server, signal) })
    .catch((error: unknown) => failed(error instanceof Error ? error.message : String(error)));
  try {
    return await Promise.race([verdict, late]);
  } finally {
    clearTimeout(timer);
    end.abort();
  }
}

function under(server: CliServer, signal: AbortSignal): CliServer {
  const init = (given: RequestInit = {}): RequestInit => ({
    ...given,
    signal: given.signal == null ? signal : AbortSignal.any([signal, given.signal]),
  });
  return {
    fetch: (path, given) => server.fetch(path, init(given)),
    json: (path, given) => server.json(path, init(given)),
  };
}
