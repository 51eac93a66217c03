import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';

/** Benches are started in the repository's root. */
const shared = path.resolve('../shared');

export function corpus(name: string): string {
  return path.join(process.env['FAULTLINE_CORPUS'] ?? path.join(shared, 'corpus'), name);
}

/** A symbol folder with 327 MB for test.dmp; null where the tool that makes it is not there. */
export function makeBigSymbols(scratch: string): Promise<string | null> {
  const tool = path.join(shared, 'tools/make-big-sym');
  if (!existsSync(tool)) return Promise.resolve(null);
  const folder = path.join(scratch, 'big-symbols');
  const below = path.join(folder, 'test_app.pdb/5A9832E5287241C1838ED98914E9B7FF1');
  mkdirSync(below, { recursive: true });
  execFileSync('python3', [tool, path.join(below, 'test_app.sym'), '327'], { stdio: 'ignore' });
  return Promise.resolve(folder);
}
