/** Places for a drawing, by ELK's layered layout. The library is handed in: page and command load it when they draw. */
import { edgeLabel } from './edge-label.js';
import type { Topology } from './topology.js';

export interface PlacedNode {
  id: string;
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface PlacedEdge {
  id: string;
  /** From its start over its bends to its end. */
  points: { x: number; y: number }[];
  /** Middle of its label. */
  label: { x: number; y: number };
}

export interface TopologyPlaces {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

interface ElkPoint {
  x: number;
  y: number;
}
interface ElkEdgePlaces {
  id: string;
  sections?: { startPoint: ElkPoint; endPoint: ElkPoint; bendPoints?: ElkPoint[] }[];
  labels?: { x?: number; y?: number; width?: number; height?: number }[];
}
interface ElkGraph {
  id: string;
  layoutOptions?: Record<string, string>;
  children?: { id: string; width?: number; height?: number; x?: number; y?: number }[];
  edges?: (ElkEdgePlaces & { sources: string[]; targets: string[] })[];
  width?: number;
  height?: number;
}

/** As elkjs has it. */
export interface LayoutEngine {
  layout(graph: ElkGraph): Promise<ElkGraph>;
}

/** Pixels: of a character in the small type of the drawing, and of a line. */
const characterWidth = 6.6;
const lineHeight = 16;

export async function placeTopology({ nodes, edges }: Topology, engine: LayoutEngine): Promise<TopologyPlaces> {
  const placed = await engine.layout({
    id: 'topology',
    layoutOptions: {
      'elk.algorithm': 'layered',
      'elk.direction': 'RIGHT',
      'elk.edgeRouting': 'ORTHOGONAL',
      'elk.layered.spacing.nodeNodeBetweenLayers': '56',
      'elk.spacing.nodeNode': '24',
      'elk.spacing.edgeLabel': '4',
    },
    children: nodes.map(({ id, title, details }) => ({
      id,
      width: Math.max(120, 24 + characterWidth * Math.max(...[title, ...details].map((line) => line.length))),
      height: 20 + lineHeight * (1 + details.length),
    })),
    edges: edges.map((edge) => {
      const text = edgeLabel(edge);
      const size = { width: text.length * characterWidth, height: lineHeight };
      const labels = text === '' ? [] : [{ id: `label of ${edge.id}`, text, ...size }];
      return { id: edge.id, sources: [edge.from], targets: [edge.to], labels };
    }),
  });
  return {
    width: placed.width ?? 0,
    height: placed.height ?? 0,
    nodes: (placed.children ?? []).map(({ id, x = 0, y = 0, width = 0, height = 0 }) => ({ id, x, y, width, height })),
    edges: (placed.edges ?? []).map(({ id, sections = [], labels = [] }) => {
      const [section] = sections;
      const [label] = labels;
      const points = section === undefined ? [] : [section.startPoint, ...(section.bendPoints ?? []), section.endPoint];
      return {
        id,
        points,
        label: {
          x: (label?.x ?? points[0]?.x ?? 0) + (label?.width ?? 0) / 2,
          y: (label?.y ?? points[0]?.y ?? 0) + (label?.height ?? 0) / 2,
        },
      };
    }),
  };
}
