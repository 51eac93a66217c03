/** The body has its own bound (`SlowBodies`), so Node's for the whole request is off. */
export const connectionLimits = {
  requestTimeout: 0,
  headersTimeout: 30_000,
  keepAliveTimeout: 20_000,
  maxHeaderSize: 32 * 1024,
  connectionsCheckingInterval: 5000,
};
