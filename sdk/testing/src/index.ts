export * from './fake-clock.js';
export * from './fake-random.js';
export * from './memory-bus.js';
export * from './memory-crash-storage.js';
export * from './memory-logger.js';
export * from './memory-state-store.js';
export * from './sample-report.js';
