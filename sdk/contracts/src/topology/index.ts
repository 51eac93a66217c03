/** An installation as a graph, and its forms. */
export * from './edge-label.js';
export * from './topology-layout.js';
export * from './topology-svg.js';
export * from './topology-text.js';
export * from './topology.js';
