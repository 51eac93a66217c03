import { describe, expect, it } from 'vitest';
import { startUpdates, type Updater } from '../../../desktop/main/updates.js';

function started(updateUrl: string, platform: string, failure?: Error) {
  const calls: string[] = [];
  const errors: string[] = [];
  const updater: Updater = {
    on: () => calls.push('listen'),
    setFeedURL: ({ url }) => {
      if (failure !== undefined) throw failure;
      calls.push(url);
    },
    checkForUpdates: () => calls.push('check'),
  };
  startUpdates({ updateUrl, platform, updater, onError: ({ message }) => errors.push(message) });
  return { calls, errors };
}

describe('updates of the app', () => {
  const place = 'https://updates.example.org/';

  it('are looked for at the place that the settings name, where the system installs them', () => {
    for (const platform of ['darwin', 'win32']) {
      expect(started(place, platform).calls, platform).toEqual(['listen', place, 'check']);
    }
    expect(started(place, 'linux').calls).toEqual([]);
    expect(started('', 'darwin').calls).toEqual([]);
  });

  it('that can’t be looked for cost nothing else', () => {
    expect(started(place, 'darwin', new Error('not signed')).errors).toEqual(['not signed']);
  });
});
