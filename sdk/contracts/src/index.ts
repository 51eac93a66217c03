export * from './errors.js';
export * from './module-symbols.js';
export * from './random-access-source.js';
export * from './units.js';
