import type { IndexPort } from '../index-calls.js';
import { LocalIndex } from '../local-index.js';
import { IndexThread, type IndexThreadOptions } from './index-thread.js';

/** The index in its thread; in this one where the program runs from its sources, which a thread of Node can't load. */
export async function openIndexPort(options: Omit<IndexThreadOptions, 'program'>): Promise<IndexPort> {
  const program = new URL('./index-worker.js', import.meta.url);
  if (!import.meta.url.endsWith('.ts')) return new IndexThread({ ...options, program });
  const { start, logger, onDamage } = options;
  return await LocalIndex.open({ ...start, logger, onDamage });
}
