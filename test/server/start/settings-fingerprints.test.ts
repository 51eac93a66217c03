import { expect, it } from 'vitest';
import type { Setting } from '../../../server/src/config/configuration.js';
import { settingsFingerprints } from '../../../server/src/serve/settings-fingerprints.js';

const setting = (name: string, value: unknown, facts: Partial<Setting> = {}): Setting => ({
  ...{ name, value, source: 'default', place: '', description: '', isSecret: false, schema: {} },
  ...facts,
});

it('tells sections with other settings apart, wherever these come from, and shows no secret', () => {
  const of = (...settings: Setting[]) => settingsFingerprints(settings);
  const one = of(setting('ops.every', 5), setting('ops.lag', 1), setting('jobs.keep', 2));
  expect(Object.keys(one).sort()).toEqual(['jobs', 'ops']);
  expect(of(setting('ops.lag', 1, { source: 'environment' }), setting('ops.every', 5)).ops).toBe(one.ops);
  expect(of(setting('ops.every', 6), setting('ops.lag', 1)).ops).not.toBe(one.ops);
  const secret = (value: unknown) => of(setting('bus.token', value, { isSecret: true })).bus;
  expect(secret('a')).toBe(secret('b'));
  expect(secret('a')).not.toBe(secret(undefined));
  // Each process listens somewhere else, and logs as much as it is told to.
  expect(of(setting('server.port', 1), setting('log.level', 'info'))).toEqual({});
});
