/** Shapes of the HTTP API under `/api/v1`, for server and screens alike; the OpenAPI document is made from them. */
export * from './account.js';
export * from './audit.js';
export * from './data-dictionary.js';
export * from './group-change.js';
export * from './group-state.js';
export * from './group.js';
export * from './job.js';
export * from './ownership.js';
export * from './product.js';
export * from './report.js';
export * from './search.js';
export * from './session.js';
export * from './signature-lists.js';
export * from './symbol.js';
export * from './system.js';
export * from './trend.js';
