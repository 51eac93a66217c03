/**
 * What an installation is made of and how crashes go through it, as a graph: who sends, who collects, queues,
 * processors, stores, sinks, symbol sources, ways of notices. Pure: the same facts give the same graph, whether they
 * come from a running server or from a configuration that is about to be applied.
 */
import type { ProblemShape } from '../api/operations.js';

export const topologyKinds = ['clients', 'role', 'queue', 'store', 'sink', 'source', 'notifier'] as const;
export type TopologyKind = (typeof topologyKinds)[number];

export interface TopologyNode {
  /** `role/processor`, `queue/normal`, `sink/search-local`. */
  id: string;
  kind: TopologyKind;
  title: string;
  /** Lines below the title: processes of a role, the plugin behind a store. */
  details: string[];
  state: 'well' | 'warning' | 'critical';
}

/** What goes along an edge. */
export type TopologyTraffic = 'reports' | 'work' | 'runs' | 'symbols' | 'reads' | 'notices';

export interface TopologyEdge {
  /** `<from>-><to>` */
  id: string;
  from: string;
  to: string;
  traffic: TopologyTraffic;
  /** Null where nobody counts. */
  perMinute: number | null;
  /** Since the server watches. */
  total: number | null;
  /** What has still to go along it; null where nothing can wait. */
  waiting: number | null;
  /** Code of what is wrong with it; "" while it works. */
  problem: string;
}

export const topologyWarningCodes = [
  'QUEUE_UNREAD',
  'NOBODY_COLLECTS',
  'STORE_MISSING',
  'SEARCH_MISSING',
  'WALKER_MISSING',
  'NOBODY_TOLD',
] as const;
export type TopologyWarningCode = (typeof topologyWarningCodes)[number];

export interface TopologyWarning {
  code: TopologyWarningCode;
  text: string;
  hint: string;
}

export interface Topology {
  nodes: TopologyNode[];
  edges: TopologyEdge[];
  warnings: TopologyWarning[];
}

export interface TopologyPlugin {
  id: string;
  title: string;
  isActive: boolean;
  /** Ids of what it contributes, by point. */
  contributes: Readonly<Record<string, readonly string[]>>;
  /** Ids of services. */
  provides: readonly string[];
}

interface Flow {
  perMinute: number;
  total: number;
}

/** Numbers of a running installation. */
export interface TopologyTrafficCounts {
  received: Flow;
  stored: Flow;
  processed: Flow;
  lanes: Readonly<Record<string, { depth: number; perMinuteIn: number; perMinuteOut: number; handled: number }>>;
  sinks: Readonly<Record<string, Flow & { rows: number; code: string; title: string }>>;
}

export interface TopologyFacts {
  processes: readonly { host: string; pid: number; roles: readonly string[]; isAlive: boolean }[];
  plugins: readonly TopologyPlugin[];
  /** Null for a configuration: nothing has gone along its edges. */
  counts: TopologyTrafficCounts | null;
  problems: readonly Pick<ProblemShape, 'key' | 'severity'>[];
}

/** Which role puts work into a lane. */
const feeders = { priority: 'web', normal: 'collector', reprocessing: 'jobs' } as const;
const roleTitles = { collector: 'Collectors', processor: 'Processors', web: 'Web', jobs: 'Jobs' } as const;

/** The service or plugin without which a role does nothing. */
const roleNeeds = {
  collector: (plugin: TopologyPlugin) => plugin.id === 'collector',
  processor: (plugin: TopologyPlugin) => plugin.provides.includes('core.crashProcessing'),
  web: () => true,
  jobs: (plugin: TopologyPlugin) => plugin.provides.includes('core.jobRunner'),
} as const;
type Role = keyof typeof roleTitles;
const roles = ['collector', 'processor', 'web', 'jobs'] as const satisfies readonly Role[];

export function topologyOf(facts: TopologyFacts): Topology {
  const active = facts.plugins.filter(({ isActive }) => isActive);
  const hasRole = (role: Role) =>
    facts.processes.some((process) => process.isAlive && process.roles.includes(role)) && active.some(roleNeeds[role]);
  const nodes = [...fixedNodes(facts, hasRole), ...pluginNodes(active, facts)];
  const ids = new Set(nodes.map(({ id }) => id));
  const edges = allEdges(facts, nodes).filter(({ from, to }) => ids.has(from) && ids.has(to));
  return { nodes, edges, warnings: warningsOf(active, hasRole) };
}

const readers: TopologyNode = {
  id: 'readers',
  kind: 'clients',
  title: 'People and scripts',
  details: [],
  state: 'well',
};

function fixedNodes({ processes, problems }: TopologyFacts, hasRole: (role: Role) => boolean): TopologyNode[] {
  const roleNodes = roles.flatMap((role): TopologyNode[] => {
    const own = processes.filter((process) => process.roles.includes(role));
    if (!hasRole(role)) return [];
    const isWhole = own.every(({ isAlive }) => isAlive);
    return [
      {
        id: `role/${role}`,
        kind: 'role',
        title: roleTitles[role],
        details: own.map(({ host, pid, isAlive }) => `${host}${pid === 0 ? '' : ` ${pid}`}${isAlive ? '' : ' (gone)'}`),
        state: isWhole ? 'well' : 'warning',
      },
    ];
  });
  const queueNodes = Object.keys(feeders).map((lane): TopologyNode => {
    const isBehind = problems.some(({ key }) => key === `queue-behind/${lane}`);
    return {
      id: `queue/${lane}`,
      kind: 'queue',
      title: `Queue ${lane}`,
      details: [],
      state: hasRole('processor') ? (isBehind ? 'warning' : 'well') : 'critical',
    };
  });
  return [
    { id: 'clients', kind: 'clients', title: 'Crash reporters', details: [], state: 'well' },
    ...roleNodes,
    ...queueNodes,
    // Whoever reads stands at the other end: drawn as one with the web role, all ways would lead in circles.
    ...(hasRole('web') ? [readers] : []),
  ];
}

function pluginNodes(active: readonly TopologyPlugin[], { counts, problems }: TopologyFacts): TopologyNode[] {
  const has = (key: string) => problems.some((problem) => problem.key === key);
  const nodes: TopologyNode[] = [];
  for (const plugin of active) {
    if (plugin.provides.includes('core.crashStorage')) {
      const state = has('part-unwell/store') ? 'critical' : has('disk-low') ? 'warning' : 'well';
      nodes.push({ id: 'store', kind: 'store', title: 'Store', details: [plugin.title], state });
    }
    const of = (point: string) => plugin.contributes[point] ?? [];
    for (const sink of of('CrashSink')) {
      const isBehind = has(`sink-behind/${sink}`);
      nodes.push({
        id: `sink/${sink}`,
        kind: 'sink',
        title: counts?.sinks[sink]?.title ?? plugin.title,
        details: plugin.title === (counts?.sinks[sink]?.title ?? plugin.title) ? [] : [plugin.title],
        state: isBehind ? 'warning' : 'well',
      });
    }
    for (const source of of('SymbolSource')) {
      nodes.push({ id: `source/${source}`, kind: 'source', title: plugin.title, details: [source], state: 'well' });
    }
    for (const notifier of of('Notifier').filter((id) => !id.endsWith('*'))) {
      nodes.push({ id: `notifier/${notifier}`, kind: 'notifier', title: notifier, details: [], state: 'well' });
    }
  }
  return nodes;
}

function allEdges({ counts }: TopologyFacts, nodes: readonly TopologyNode[]): TopologyEdge[] {
  const edges: TopologyEdge[] = [];
  const edge = (
    from: string,
    to: string,
    traffic: TopologyTraffic,
    flow: Partial<Pick<TopologyEdge, 'perMinute' | 'total' | 'waiting' | 'problem'>> = {},
  ) =>
    edges.push({
      id: `${from}->${to}`,
      from,
      to,
      traffic,
      perMinute: null,
      total: null,
      waiting: null,
      problem: '',
      ...flow,
    });
  edge('clients', 'role/collector', 'reports', counts?.received);
  edge('role/collector', 'store', 'reports', counts?.stored);
  for (const [lane, feeder] of Object.entries(feeders)) {
    const queue = counts?.lanes[lane];
    const into = queue && { perMinute: queue.perMinuteIn, total: queue.handled + queue.depth };
    edge(`role/${feeder}`, `queue/${lane}`, 'work', into);
    const out = queue && { perMinute: queue.perMinuteOut, total: queue.handled, waiting: queue.depth };
    edge(`queue/${lane}`, 'role/processor', 'work', out);
  }
  edge('role/processor', 'store', 'runs', counts?.processed);
  for (const { id, kind } of nodes) {
    if (kind === 'source') edge(id, 'role/processor', 'symbols');
    if (kind === 'notifier') edge('role/jobs', id, 'notices');
    if (kind !== 'sink') continue;
    const sink = counts?.sinks[id.slice('sink/'.length)];
    const flow = sink && { perMinute: sink.perMinute, total: sink.total, waiting: sink.rows, problem: sink.code };
    edge('role/processor', id, 'runs', flow);
  }
  edge('store', 'readers', 'reads');
  edge('sink/search-local', 'readers', 'reads');
  return edges;
}

function warningsOf(active: readonly TopologyPlugin[], hasRole: (role: Role) => boolean): TopologyWarning[] {
  const provides = (service: string) => active.some((plugin) => plugin.provides.includes(service));
  const contributes = (point: string) => active.some((plugin) => (plugin.contributes[point] ?? []).length > 0);
  const checks: [boolean, TopologyWarning][] = [
    [
      !hasRole('processor'),
      {
        code: 'QUEUE_UNREAD',
        text: 'Nobody reads the queues: crashes are kept and wait.',
        hint: 'Run a process with the role processor, with the plugin processor.',
      },
    ],
    [
      !hasRole('collector'),
      {
        code: 'NOBODY_COLLECTS',
        text: 'Nobody takes crash reports.',
        hint: 'Run a process with the role collector, with the plugin collector.',
      },
    ],
    [
      !provides('core.crashStorage'),
      { code: 'STORE_MISSING', text: 'Nothing keeps crashes.', hint: 'Switch on storage-lmdb, or another store.' },
    ],
    [
      !provides('core.searchEngine'),
      {
        code: 'SEARCH_MISSING',
        text: 'Crashes can’t be found: there is no search engine.',
        hint: 'Switch on search-local, or another engine.',
      },
    ],
    [
      !contributes('Stackwalker'),
      {
        code: 'WALKER_MISSING',
        text: 'Minidumps are not walked: there is no stack walker.',
        hint: 'Switch on the plugin stackwalk.',
      },
    ],
    [
      !active.some(({ contributes: points }) => (points['Notifier'] ?? []).some((id) => !id.endsWith('*'))),
      {
        code: 'NOBODY_TOLD',
        text: 'Nobody is told when something breaks: notices stay in the app.',
        hint: 'Name a webhook or a mail server under notices.',
      },
    ],
  ];
  return checks.filter(([holds]) => holds).map(([, warning]) => warning);
}
