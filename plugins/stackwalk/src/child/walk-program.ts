/**
 * The program of a walking process: takes `WalkRequest`s from its parent, one at a time, and ends with it. All
 * hostile parsing happens here; the parent watches time and memory.
 */
import { createRequire } from 'node:module';
import type { WalkRequest } from '../walk-protocol.js';
import { walkDump } from './walk-dump.js';

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

process.on('message', (request: WalkRequest) => {
  void walkDump(request, version).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));
