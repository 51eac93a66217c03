import { createHash } from 'node:crypto';
import type { Setting } from '../config/configuration.js';

/** Each process listens somewhere else, and may say more or less. */
const ownSections = new Set(['server', 'log']);

/** See `NodeHeartbeat.settings`. */
export function settingsFingerprints(settings: readonly Setting[]): Record<string, string> {
  const lines = new Map<string, string[]>();
  for (const { name, value, isSecret } of settings) {
    const [section = ''] = name.split('.');
    if (ownSections.has(section)) continue;
    const shown = isSecret ? value !== undefined : value;
    lines.set(section, [...(lines.get(section) ?? []), `${name}=${JSON.stringify(shown) ?? ''}`]);
  }
  return Object.fromEntries(
    [...lines].map(([section, of]) => [
      section,
      createHash('sha256').update(of.sort().join('\n')).digest('hex').slice(0, 8),
    ]),
  );
}
