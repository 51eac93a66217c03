export * from './describe-bus.js';
export * from './describe-crash-storage.js';
export * from './describe-outbox.js';
export * from './describe-search-engine.js';
export * from './describe-processing-rule.js';
export * from './describe-state-store.js';
