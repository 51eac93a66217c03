/** Shapes of the HTTP API under `/api/v1`, for server and screens alike; the OpenAPI document is made from them. */
export * from './audit.js';
export * from './group.js';
export * from './report.js';
export * from './search.js';
export * from './session.js';
export * from './system.js';
