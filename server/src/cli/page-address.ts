import { findRunningServer } from '../serve/running-server.js';
import type { ProgramConfig } from './program-config.js';

/** What people use: the configured address, where the server listens now, or where it will. */
export async function pageAddress({ server, dataFolder }: ProgramConfig): Promise<string> {
  if (server.publicUrl !== undefined) return server.publicUrl;
  const running = await findRunningServer(dataFolder);
  if (running !== null) return running.url;
  return `${server.tls === undefined ? 'http' : 'https'}://${server.host}:${server.port}${server.basePath}`;
}
