export { analyzeCrash } from './analyze-crash.js';
export type { CrashAnalysis, PeerCrashInfo } from './analyze-crash.js';
export type { AdjustedAddress } from './adjusted-address.js';
export type { CrashFacts, RegionFacts } from './crash-facts.js';
export { foldIdenticalThreads } from './identical-threads.js';
export type { ThreadGroup } from './identical-threads.js';
export { findRecursion } from './stack-overflow.js';
export type { Verdict, VerdictKind } from './verdict-model.js';
