/**
 * Work under a signal that is aborted when any of the given ones is. `AbortSignal.any` says the same, but Node 20 keeps
 * a mark of each combined signal in its sources for as long as those live: 60 bytes, which a server that combines its
 * own stop signal with each wait collects by the gigabyte.
 */
export async function underSignals<T>(
  signals: readonly (AbortSignal | undefined)[],
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const given = signals.filter((signal) => signal !== undefined);
  const [only] = given;
  if (given.length === 1 && only !== undefined) return await work(only);
  const either = new AbortController();
  const links = given.map((signal) => ({ signal, pass: () => either.abort(signal.reason) }));
  for (const { signal, pass } of links) {
    if (signal.aborted) pass();
    else signal.addEventListener('abort', pass, { once: true });
  }
  try {
    return await work(either.signal);
  } finally {
    for (const { signal, pass } of links) signal.removeEventListener('abort', pass);
  }
}
