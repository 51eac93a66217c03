/** How the run of a job stands: key of the word, and colour of the chip. */
export const runStatuses = {
  waiting: { key: 'operations.run.waiting', kind: '' },
  running: { key: 'operations.run.running', kind: 'green' },
  paused: { key: 'operations.run.paused', kind: 'amber' },
  succeeded: { key: 'operations.run.succeeded', kind: 'green' },
  failed: { key: 'operations.run.failed', kind: 'red' },
  cancelled: { key: 'operations.run.cancelled', kind: '' },
} as const;
