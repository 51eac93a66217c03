import type { WatchState } from '../watch/watch.js';

/** What is remembered, by name: `crashes.…` are counts a minute, `queue.…`, `sink.…` and `node.…` what was seen. */
export function keySeries({ rows, look, counts, monotonic }: WatchState): Map<string, number> {
  const values = new Map<string, number>([
    ['crashes.stored', counts.meter('stored').lastMinute(monotonic)],
    ['crashes.processed', counts.meter('processed').lastMinute(monotonic)],
    ['crashes.partial', counts.meter('partial').lastMinute(monotonic)],
    ['crashes.failed', counts.meter('failed').lastMinute(monotonic)],
    ['crashes.dead', look.dead.count],
    ['walks.finished', counts.meter('walked').lastMinute(monotonic)],
    ['walks.failed', counts.meter('walk-failed').lastMinute(monotonic)],
  ]);
  for (const { lane, depth, oldest } of rows.queues) {
    values.set(`queue.${lane}.depth`, depth);
    values.set(`queue.${lane}.oldest`, (oldest ?? 0) / 1000);
  }
  for (const { sink, rows: waiting } of rows.sinks) values.set(`sink.${sink}.rows`, waiting);
  if (look.disk !== null) values.set('disk.free', look.disk.free);
  if (look.index !== null) values.set('search.crashes', look.index.crashes);
  const alive = rows.nodes.filter(({ state }) => state === 'alive' || state === 'silent');
  values.set('nodes.alive', alive.length);
  for (const { host, roles, cpu, rss, eventLoopLag } of alive) {
    const place = `node.${host}.${[...roles].sort().join('+')}`;
    values.set(`${place}.cpu`, (values.get(`${place}.cpu`) ?? 0) + cpu);
    values.set(`${place}.rss`, (values.get(`${place}.rss`) ?? 0) + rss);
    values.set(`${place}.lag`, Math.max(values.get(`${place}.lag`) ?? 0, eventLoopLag));
  }
  return values;
}
