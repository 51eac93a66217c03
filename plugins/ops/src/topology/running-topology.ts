import type { PluginState } from '@faultline/sdk';
import type { OperationsSnapshot } from '@faultline/sdk/api';
import { topologyOf, type Topology } from '@faultline/sdk/topology';
import type { EventCounts } from '../watch/event-counts.js';
import { knownPlugins } from './known-plugins.js';

export interface RunningPlugins {
  states: readonly PluginState[];
  /** What a plugin has really added to some points: a manifest lists what it may add. */
  contributed(plugin: string): Record<string, string[]>;
}

/** The graph of what runs, with what has gone along its edges since this process watches. */
export async function runningTopology(
  snapshot: OperationsSnapshot,
  counts: EventCounts,
  running: RunningPlugins,
): Promise<Topology> {
  const stepOf = (wanted: string) => {
    const found = snapshot.pipeline.find(({ step }) => step === wanted);
    return { perMinute: found?.perMinute ?? 0, total: found?.total ?? 0 };
  };
  const handled = new Map(
    counts.series('faultline_lane_handled_total').map(({ labels, meter }) => [labels['lane'], meter.total]),
  );
  return topologyOf({
    processes: snapshot.nodes
      .filter(({ state }) => state !== 'stopped')
      .map(({ host, pid, roles, state }) => ({ host, pid, roles, isAlive: state !== 'gone' })),
    plugins: (await knownPlugins(running.states, true)).map((plugin) => ({
      ...plugin,
      contributes: { ...plugin.contributes, ...running.contributed(plugin.id) },
    })),
    counts: {
      received: stepOf('received'),
      stored: stepOf('stored'),
      processed: stepOf('rules'),
      lanes: Object.fromEntries(
        snapshot.queues.map(({ lane, depth, perMinuteIn, perMinuteOut }) => [
          lane,
          { depth, perMinuteIn, perMinuteOut, handled: handled.get(lane) ?? 0 },
        ]),
      ),
      sinks: Object.fromEntries(
        snapshot.sinks.map(({ sink, title, rows, perMinute, delivered, code }) => [
          sink,
          { title, rows, perMinute, total: delivered, code },
        ]),
      ),
    },
    problems: snapshot.problems,
  });
}
