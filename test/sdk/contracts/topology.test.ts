import {
  edgeLabel,
  placeTopology,
  topologyDot,
  topologyMermaid,
  topologyOf,
  topologySvg,
  type TopologyFacts,
  type TopologyPlugin,
} from '@faultline/sdk/topology';
import { describe, expect, it } from 'vitest';
import { layoutEngine } from '../../../plugins/ops/src/topology/layout-engine.ts';

const plugin = (id: string, facts: Partial<TopologyPlugin> = {}): TopologyPlugin => ({
  id,
  title: id,
  isActive: true,
  contributes: {},
  provides: [],
  ...facts,
});
const all = [
  plugin('collector'),
  plugin('processor', { provides: ['core.crashProcessing'] }),
  plugin('jobs', { provides: ['core.jobRunner'] }),
  plugin('storage-lmdb', { title: 'Storage "A" <b>', provides: ['core.crashStorage'] }),
  plugin('search-local', { provides: ['core.searchEngine'], contributes: { CrashSink: ['search-local'] } }),
  plugin('stackwalk', { contributes: { Stackwalker: ['stackwalk'] } }),
  plugin('symbols', { contributes: { SymbolSource: ['symbols'] } }),
  plugin('notices', { contributes: { Notifier: ['notices/mail'] } }),
];
const everything = ['collector', 'processor', 'web', 'jobs'];
const facts: TopologyFacts = {
  processes: [{ host: 'one', pid: 7, roles: everything, isAlive: true }],
  plugins: all,
  counts: null,
  problems: [],
};
const edges = (given: Partial<TopologyFacts>) => topologyOf({ ...facts, ...given }).edges.map(({ id }) => id);
const codes = (given: Partial<TopologyFacts>) => topologyOf({ ...facts, ...given }).warnings.map(({ code }) => code);

describe('The topology', () => {
  it('leads from crash reporters through queues to sinks, and warns of nothing when all is there', () => {
    expect(edges({})).toEqual([
      'clients->role/collector',
      'role/collector->store',
      'role/web->queue/priority',
      'queue/priority->role/processor',
      'role/collector->queue/normal',
      'queue/normal->role/processor',
      'role/jobs->queue/reprocessing',
      'queue/reprocessing->role/processor',
      'role/processor->store',
      'role/processor->sink/search-local',
      'source/symbols->role/processor',
      'role/jobs->notifier/notices/mail',
      'store->readers',
      'sink/search-local->readers',
    ]);
    expect(codes({})).toEqual([]);
  });

  it('changes with a sink that is added', () => {
    const more = [...all, plugin('export', { contributes: { CrashSink: ['export'] } })];
    expect(edges({ plugins: more }).filter((id) => !edges({}).includes(id))).toEqual(['role/processor->sink/export']);
  });

  it('warns of queues that nobody reads when their consumer is taken away, dies, or has no process', () => {
    const without = all.filter(({ id }) => id !== 'processor');
    expect(codes({ plugins: without })).toEqual(['QUEUE_UNREAD']);
    expect(codes({ plugins: [...without, plugin('processor', { isActive: false })] })).toEqual(['QUEUE_UNREAD']);
    expect(codes({ processes: [{ host: 'one', pid: 1, roles: ['collector', 'web', 'jobs'], isAlive: true }] })).toEqual(
      ['QUEUE_UNREAD'],
    );
    const dead = { host: 'two', pid: 2, roles: ['processor'], isAlive: false };
    const split = [{ host: 'one', pid: 1, roles: ['collector', 'web', 'jobs'], isAlive: true }, dead];
    expect(codes({ processes: split })).toEqual(['QUEUE_UNREAD']);
    expect(edges({ plugins: without })).not.toContain('queue/normal->role/processor');
    const { nodes } = topologyOf({ ...facts, plugins: without });
    expect(nodes.find(({ id }) => id === 'queue/normal')?.state).toBe('critical');
    const halved = topologyOf({ ...facts, processes: [...facts.processes, dead] });
    expect(halved.nodes.find(({ id }) => id === 'role/processor')).toMatchObject({
      state: 'warning',
      details: ['one 7', 'two 2 (gone)'],
    });
  });

  it('warns of what is missing altogether', () => {
    expect(codes({ plugins: [], processes: [] })).toEqual([
      'QUEUE_UNREAD',
      'NOBODY_COLLECTS',
      'STORE_MISSING',
      'SEARCH_MISSING',
      'WALKER_MISSING',
      'NOBODY_TOLD',
    ]);
  });

  it('tells rates, totals, backlogs and problems on the edges', () => {
    const flow = { perMinute: 3, total: 100 };
    const lane = { depth: 2, perMinuteIn: 3, perMinuteOut: 1, handled: 98 };
    const sink = { ...flow, rows: 4, code: 'DISK_FULL', title: 'Search' };
    const counts = {
      received: flow,
      stored: flow,
      processed: flow,
      lanes: { normal: lane },
      sinks: { 'search-local': sink },
    };
    const problems = [{ key: 'sink-behind/search-local', severity: 'warning' as const }];
    const topology = topologyOf({ ...facts, counts, problems });
    const labels = Object.fromEntries(topology.edges.map((edge) => [edge.id, edgeLabel(edge)]));
    expect(labels).toMatchObject({
      'clients->role/collector': '3/min · 100',
      'role/collector->queue/normal': '3/min · 100',
      'queue/normal->role/processor': '1/min · 98 · 2 waiting',
      'role/processor->sink/search-local': '3/min · 100 · 4 waiting · DISK_FULL',
      'store->readers': '',
    });
    expect(topology.nodes.find(({ id }) => id === 'sink/search-local')?.state).toBe('warning');
  });

  it('is written for Graphviz and Mermaid, with hostile titles quoted', () => {
    const topology = topologyOf(facts);
    expect(topologyDot(topology)).toContain('"store" [label="Store\\nStorage \\"A\\" <b>", shape=cylinder');
    expect(topologyDot(topology).match(/->/g)).toHaveLength(14);
    expect(topologyMermaid(topology)).toContain('["Store<br>Storage #quot;A#quot; <b>"]');
    expect(topologyMermaid(topologyOf({ ...facts, plugins: [] }))).toContain('%% Nobody reads the queues');
  });

  it('is drawn as an SVG that stands alone, nothing over anything else', async () => {
    const topology = topologyOf(facts);
    const places = await placeTopology(topology, await layoutEngine());
    expect(places.nodes).toHaveLength(topology.nodes.length);
    for (const [at, a] of places.nodes.entries()) {
      for (const b of places.nodes.slice(at + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.id} and ${b.id}`).toBe(true);
      }
    }
    const svg = topologySvg(topology, places);
    expect(svg).toContain('Storage &quot;A&quot; &lt;b&gt;');
    expect(svg.match(/<polyline/g)).toHaveLength(14);
    expect(svg).not.toMatch(/<script|href=|url\(http/);
  });
});
