import { edgeLabel } from './edge-label.js';
import type { Topology } from './topology.js';
import type { TopologyPlaces } from './topology-layout.js';

const fills = { well: '#ffffff', warning: '#fdf3dc', critical: '#fdeceb' } as const;
const strokes = { well: '#878f9c', warning: '#855600', critical: '#b42318' } as const;
const margin = 16;

/** A picture that stands alone: no styles, scripts or fonts from elsewhere. */
export function topologySvg(topology: Topology, places: TopologyPlaces): string {
  const nodes = new Map(topology.nodes.map((node) => [node.id, node]));
  const edges = new Map(topology.edges.map((edge) => [edge.id, edge]));
  const warningsHeight = topology.warnings.length * 18;
  const width = Math.ceil(places.width + 2 * margin);
  const height = Math.ceil(places.height + 2 * margin + warningsHeight);
  const drawnEdges = places.edges.flatMap(({ id, points, label }) => {
    const edge = edges.get(id);
    if (edge === undefined) return [];
    const stroke = edge.problem === '' ? '#5c6472' : '#b42318';
    const line = points.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ');
    const text = edgeLabel(edge);
    return [
      `<polyline points="${line}" fill="none" stroke="${stroke}" marker-end="url(#arrow)"/>`,
      ...(text === ''
        ? []
        : [
            `<text x="${round(label.x)}" y="${round(label.y)}" text-anchor="middle" dominant-baseline="middle" ` +
              `font-size="11" fill="${stroke}">${escaped(text)}</text>`,
          ]),
    ];
  });
  const drawnNodes = places.nodes.flatMap(({ id, x, y, width: wide, height: high }) => {
    const node = nodes.get(id);
    if (node === undefined) return [];
    const lines = [node.title, ...node.details];
    return [
      `<g><rect x="${round(x)}" y="${round(y)}" width="${round(wide)}" height="${round(high)}" rx="4" ` +
        `fill="${fills[node.state]}" stroke="${strokes[node.state]}"/>`,
      ...lines.map(
        (line, at) =>
          `<text x="${round(x + wide / 2)}" y="${round(y + 20 + at * 16)}" text-anchor="middle" ` +
          `font-size="${at === 0 ? 13 : 11}" font-weight="${at === 0 ? 600 : 400}" fill="#1a1d23">${escaped(line)}</text>`,
      ),
      '</g>',
    ];
  });
  const warnings = topology.warnings.map(
    ({ text }, at) =>
      `<text x="0" y="${round(places.height + 18 * (at + 1))}" font-size="12" fill="#855600">${escaped(text)}</text>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      'font-family="system-ui, sans-serif">',
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto">' +
      '<path d="M0 0L8 4L0 8z" fill="#5c6472"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#fbfbfc"/>`,
    `<g transform="translate(${margin} ${margin})">`,
    ...drawnEdges,
    ...drawnNodes,
    ...warnings,
    '</g></svg>',
    '',
  ].join('\n');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd');
}
