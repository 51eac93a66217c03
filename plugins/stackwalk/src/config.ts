import { z } from 'zod';

export const StackwalkConfig = z.strictObject({
  processes: z
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe('Minidumps that are walked at the same time, each in a process of its own.'),
  timeLimit: z
    .int()
    .min(100)
    .default(120_000)
    .describe('Milliseconds that one minidump may take; then its process is killed and the crash says Timeout.'),
  memoryLimit: z
    .int()
    .min(64 * 1024 * 1024)
    .default(1024 * 1024 * 1024)
    .describe('Bytes of memory that one walking process may use; beyond it the crash says MemoryLimit.'),
  idleAfter: z
    .int()
    .min(0)
    .default(30_000)
    .describe('Milliseconds after which a walking process that has nothing to do is stopped.'),
  jobsPerProcess: z
    .int()
    .min(1)
    .default(2000)
    .describe('Minidumps after which a walking process is replaced by a fresh one.'),
});
export type StackwalkConfig = z.output<typeof StackwalkConfig>;
