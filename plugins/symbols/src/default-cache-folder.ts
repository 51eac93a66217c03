import { homedir } from 'node:os';
import path from 'node:path';

/** Where programs of this user keep what can be made again. */
export function defaultCacheFolder(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  if (platform === 'win32') {
    return path.join(env['LOCALAPPDATA'] ?? path.join(homedir(), 'AppData', 'Local'), 'Faultline', 'symbols');
  }
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches', 'faultline', 'symbols');
  const base = env['XDG_CACHE_HOME'];
  return path.join(
    base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache'),
    'faultline',
    'symbols',
  );
}
