/** The graph for other programs: Graphviz and Mermaid. Titles come from plugins and hosts, and are quoted. */
import { edgeLabel } from './edge-label.js';
import type { Topology, TopologyNode } from './topology.js';

const fills = { well: '#ffffff', warning: '#fdf3dc', critical: '#fdeceb' } as const;
const shapes: Record<TopologyNode['kind'], string> = {
  clients: 'ellipse',
  role: 'box',
  queue: 'cds',
  store: 'cylinder',
  sink: 'box3d',
  source: 'folder',
  notifier: 'note',
};

export function topologyDot({ nodes, edges, warnings }: Topology): string {
  const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
  const lines = [
    'digraph faultline {',
    '  rankdir=LR; node [fontname="sans-serif", style=filled]; edge [fontname="sans-serif", fontsize=10];',
    ...nodes.map(
      ({ id, kind, title, details, state }) =>
        `  ${quoted(id)} [label=${quoted([title, ...details].join('\n'))}, shape=${shapes[kind]}, ` +
        `fillcolor=${quoted(fills[state])}];`,
    ),
    ...edges.map(
      (edge) =>
        `  ${quoted(edge.from)} -> ${quoted(edge.to)} [label=${quoted(edgeLabel(edge))}` +
        `${edge.problem === '' ? '' : ', color="#b42318"'}];`,
    ),
    ...warnings.map(({ text }) => `  // ${text}`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

export function topologyMermaid({ nodes, edges, warnings }: Topology): string {
  const names = new Map(nodes.map(({ id }, at) => [id, `n${at}`]));
  const quoted = (text: string) => `"${text.replaceAll('"', '#quot;').replaceAll('\n', '<br>')}"`;
  const lines = [
    'flowchart LR',
    ...nodes.map(({ id, title, details }) => `  ${names.get(id)}[${quoted([title, ...details].join('\n'))}]`),
    ...edges.map((edge) => {
      const label = edgeLabel(edge);
      return `  ${names.get(edge.from)} -->${label === '' ? '' : `|${quoted(label)}|`} ${names.get(edge.to)}`;
    }),
    ...nodes
      .filter(({ state }) => state !== 'well')
      .map(({ id, state }) => `  style ${names.get(id)} fill:${fills[state]}`),
    ...warnings.map(({ text }) => `  %% ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}
