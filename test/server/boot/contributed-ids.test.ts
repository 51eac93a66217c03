import { PluginManifest } from '@faultline/sdk';
import { expect, it } from 'vitest';
import { contributedIds } from '../../../server/src/boot/contributed-ids.js';

const manifest = PluginManifest.parse({
  id: 'paper',
  displayName: 'Paper',
  apiVersion: 1,
  contributes: {
    Notifier: [
      { id: 'paper/mail', when: 'mail' },
      { id: 'paper/hook-*', each: 'hooks.of' },
    ],
    Job: [{ id: 'paper/fold', when: 'isFolding' }, { id: 'paper/tear' }],
  },
});

it('follows what the configuration says of each contribution', () => {
  expect(contributedIds(manifest, {})).toEqual({ Job: ['paper/tear'] });
  expect(contributedIds(manifest, { mail: {}, hooks: { of: { a: 1, b: 2 } }, isFolding: false })).toEqual({
    Notifier: ['paper/mail', 'paper/hook-a', 'paper/hook-b'],
    Job: ['paper/tear'],
  });
});

it('lists all that could be while no configuration is known', () => {
  expect(contributedIds(manifest)).toEqual({
    Notifier: ['paper/mail', 'paper/hook-*'],
    Job: ['paper/fold', 'paper/tear'],
  });
});
