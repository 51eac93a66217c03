import type { TopologyAnswer } from '@faultline/sdk/api';
import { t } from '../i18n/i18n.js';

const titles: Readonly<Record<string, string>> = {
  clients: 'operations.topology.clients',
  'role/collector': 'operations.topology.collectors',
  'role/processor': 'operations.topology.processors',
  'role/web': 'operations.topology.web',
  'role/jobs': 'operations.topology.jobs',
  'queue/priority': 'operations.topology.queuePriority',
  'queue/normal': 'operations.topology.queueNormal',
  'queue/reprocessing': 'operations.topology.queueReprocessing',
  store: 'operations.topology.store',
  readers: 'operations.topology.readers',
};

const warnings = {
  QUEUE_UNREAD: { text: 'operations.topology.queueUnread', hint: 'operations.topology.queueUnreadHint' },
  NOBODY_COLLECTS: { text: 'operations.topology.nobodyCollects', hint: 'operations.topology.nobodyCollectsHint' },
  STORE_MISSING: { text: 'operations.topology.storeMissing', hint: 'operations.topology.storeMissingHint' },
  SEARCH_MISSING: { text: 'operations.topology.searchMissing', hint: 'operations.topology.searchMissingHint' },
  WALKER_MISSING: { text: 'operations.topology.walkerMissing', hint: 'operations.topology.walkerMissingHint' },
  NOBODY_TOLD: { text: 'operations.topology.nobodyTold', hint: 'operations.topology.nobodyToldHint' },
} as const;

const traffic = {
  reports: 'operations.topology.reports',
  work: 'operations.topology.work',
  runs: 'operations.topology.runs',
  symbols: 'operations.topology.symbols',
  reads: 'operations.topology.reads',
  notices: 'operations.topology.notices',
} as const;

/** The graph in the language of the screens; what plugins named keeps its name. */
export function saidTopology(topology: TopologyAnswer): TopologyAnswer {
  return {
    nodes: topology.nodes.map((node) => {
      const key = titles[node.id];
      return key === undefined ? node : { ...node, title: t(key) };
    }),
    edges: topology.edges,
    warnings: topology.warnings.map(({ code }) => ({
      code,
      text: t(warnings[code].text),
      hint: t(warnings[code].hint),
    })),
  };
}

/** What goes along an edge, for its row in the list. */
export function trafficWord(kind: keyof typeof traffic): string {
  return t(traffic[kind]);
}
