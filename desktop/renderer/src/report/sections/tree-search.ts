/** A leaf of a JSON tree whose path or value holds what was looked for. */
export interface TreeHit {
  /** `Environment › system › gfx › adapters › 0 › vendorID` */
  path: string;
  value: string;
}

const mostHits = 200;
/** Trees come from outside: deeper ones are not looked through. */
const mostDepth = 40;

export function pathsWith(tree: unknown, words: string, root: string): TreeHit[] {
  const wanted = words.trim().toLowerCase();
  const hits: TreeHit[] = [];
  walk(tree, root, 0);
  return hits;

  function walk(value: unknown, path: string, depth: number): void {
    if (hits.length >= mostHits || depth > mostDepth) return;
    if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, `${path} › ${key}`, depth + 1);
      return;
    }
    const shown = typeof value === 'string' ? value : String(value);
    if (`${path} ${shown}`.toLowerCase().includes(wanted)) hits.push({ path, value: shown });
  }
}
