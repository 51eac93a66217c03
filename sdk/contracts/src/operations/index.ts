/** What can be wrong with an installation, in facts and in words. */
export * from './problem-words.js';
export * from './problem.js';
export * from './state-words.js';
