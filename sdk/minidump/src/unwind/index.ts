export { defaultUnwindLimits } from './unwind-limits.js';
export type { UnwindLimits } from './unwind-limits.js';
export { ModuleMap } from './module-map.js';
export { unwindThread } from './unwind-thread.js';
export type { UnwindSummary } from './unwind-thread.js';
