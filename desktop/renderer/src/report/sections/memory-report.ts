import { list, number, record, text } from '../../reading/stack-model.js';

/** What a program said of its memory, as a tree by path; sizes of inner nodes are sums. */
export interface MemoryNode {
  name: string;
  /** Bytes, or a count where `unit` says so. */
  amount: number;
  unit: 'bytes' | 'count' | 'percentage' | 'other';
  description: string;
  children: MemoryNode[];
}

const units = ['bytes', 'count', 'other', 'percentage'] as const;
const mostReports = 50_000;
const mostDepth = 30;

/** By process, each with its trees; largest first. Entries of a wrong shape are left out. */
export function memoryTrees(report: unknown): { process: string; trees: MemoryNode[] }[] {
  const processes = new Map<string, MemoryNode>();
  for (const value of list(record(report)['reports']).slice(0, mostReports)) {
    const entry = record(value);
    const amount = number(entry['amount']);
    const path = text(entry['path']);
    if (amount === null || path === '') continue;
    const process = text(entry['process']) || '?';
    const root = processes.get(process) ?? node(process);
    processes.set(process, root);
    const unit = units[number(entry['units']) ?? 0] ?? 'other';
    add(root, path.split('/').slice(0, mostDepth), { amount, unit, description: text(entry['description']) });
  }
  return [...processes].map(([process, root]) => ({ process, trees: sorted(root.children) }));
}

function node(name: string): MemoryNode {
  return { name, amount: 0, unit: 'bytes', description: '', children: [] };
}

function add(root: MemoryNode, names: string[], leaf: Pick<MemoryNode, 'amount' | 'unit' | 'description'>): void {
  let at = root;
  for (const name of names) {
    let next = at.children.find((child) => child.name === name);
    if (next === undefined) {
      next = { ...node(name), unit: leaf.unit };
      at.children.push(next);
    }
    next.amount += leaf.amount;
    at = next;
  }
  at.description = leaf.description;
}

function sorted(nodes: MemoryNode[]): MemoryNode[] {
  return nodes
    .map((one) => ({ ...one, children: sorted(one.children) }))
    .sort((a, b) => Number(b.unit === 'bytes') - Number(a.unit === 'bytes') || b.amount - a.amount);
}
