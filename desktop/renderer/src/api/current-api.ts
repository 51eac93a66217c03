import { ApiClient } from './api-client.js';
import { basePath } from './base-path.js';

let current: ApiClient | null = null;

/** The client of the server that this page came from. */
export function useApi(): ApiClient {
  current ??= new ApiClient(basePath());
  return current;
}

/** Tests put theirs in; null forgets it. */
export function setApi(client: ApiClient | null): void {
  current = client;
}
