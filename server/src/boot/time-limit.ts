import type { MaybePromise, Milliseconds } from '@faultline/sdk';

/** The work's value, or `expired` when it takes longer; the work itself can't be stopped. */
export async function withinTime<T>(
  limit: Milliseconds,
  work: () => MaybePromise<T>,
): Promise<{ expired: false; value: T } | { expired: true }> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<{ expired: true }>((resolve) => {
    timer = setTimeout(() => resolve({ expired: true }), limit);
  });
  const done = (async () => ({ expired: false as const, value: await work() }))();
  try {
    return await Promise.race([done, expiry]);
  } finally {
    clearTimeout(timer);
  }
}
