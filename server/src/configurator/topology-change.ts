import { processRoles } from '@faultline/sdk';
import type { ConfigurationReview } from '@faultline/sdk/api';
import { topologyOf, type Topology } from '@faultline/sdk/topology';
import type { InspectedConfig } from './inspect-text.js';

type Change = ConfigurationReview['topology'];

/** What a configuration makes, with every role somewhere: a review can't know how they are spread. */
export function configuredTopology({ records }: Pick<InspectedConfig, 'records'>): Topology {
  return topologyOf({
    processes: [{ host: '', pid: 0, roles: processRoles, isAlive: true }],
    plugins: records.map(({ state, manifest }) => ({
      id: state.id,
      title: state.displayName,
      // Nothing was started: what would run stands as skipped, without an error.
      isActive: state.state === 'skipped' && state.error === undefined,
      contributes: state.contributes,
      provides: manifest?.provides ?? [],
    })),
    counts: null,
    problems: [],
  });
}

export function topologyChange(before: Topology, after: Topology): Change {
  const titles = new Map([...before.nodes, ...after.nodes].map(({ id, title }) => [id, title]));
  const stays = (id: string): boolean => [before, after].every(({ nodes }) => nodes.some((node) => node.id === id));
  const parts = (of: Topology, other: Topology): Change['added'] =>
    of.nodes
      .filter(({ id }) => !other.nodes.some((node) => node.id === id))
      .map(({ id, kind, title }) => ({ id, kind, title }));
  const ways = (of: Topology, other: Topology): Change['addedWays'] =>
    of.edges
      .filter(({ id, from, to }) => stays(from) && stays(to) && !other.edges.some((edge) => edge.id === id))
      .map(({ from, to }) => ({ from: titles.get(from) ?? from, to: titles.get(to) ?? to }));
  return {
    added: parts(after, before),
    removed: parts(before, after),
    addedWays: ways(after, before),
    removedWays: ways(before, after),
  };
}
