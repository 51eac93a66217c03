import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { definePlugin, HttpRoute, ThrottleRule, type PluginState } from '@faultline/sdk';
import { startTestHost, type TestHost, type TestHostOptions, type TestPlugin } from '@faultline/server/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const sound: TestPlugin = { manifest: { id: 'sound' }, definition: definePlugin({ activate() {} }) };
const hang = () => new Promise<void>(() => {});

let host: TestHost | null = null;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'faultline-broken-'));
});

afterEach(async () => {
  await host?.stop();
  host = null;
  await rm(folder, { recursive: true, force: true });
});

async function boot(plugins: TestHostOptions['plugins'], options: TestHostOptions = {}): Promise<TestHost> {
  host = await startTestHost({ ...options, plugins: [...(plugins ?? []), sound] });
  return host;
}

/** A folder whose package.json has this manifest. */
async function pluginFolder(name: string, faultline: unknown): Promise<string> {
  const own = path.join(folder, name);
  await mkdir(own);
  await writeFile(path.join(own, 'package.json'), JSON.stringify({ name, version: '1.2.3', faultline }));
  return own;
}

function expectFault(state: PluginState, expected: { state: string; phase: string; code: string; hint: RegExp }): void {
  expect({ state: state.state, phase: state.phase, code: state.error?.code }).toEqual({
    state: expected.state,
    phase: expected.phase,
    code: expected.code,
  });
  expect(state.error?.hint).toMatch(expected.hint);
}

describe('a broken plugin leaves the server running, and its state says what is wrong', () => {
  afterEach(() => expect(host?.state('sound').state).toBe('active'));

  it('when its manifest lacks a field', async () => {
    const { states } = await boot([await pluginFolder('bad', { id: 'bad', apiVersion: 1 })]);
    const state = states()[0] as PluginState;
    expectFault(state, {
      state: 'failed',
      phase: 'validate',
      code: 'MANIFEST_INVALID',
      hint: /faultline\.displayName/,
    });
    expect(state).toMatchObject({ id: 'bad', version: '1.2.3' });
  });

  it('when its manifest has a misspelt field, which is named with the right one', async () => {
    const manifest = { id: 'bad', displayName: 'Bad', apiVersion: 1, contribute: {} };
    const { state } = await boot([await pluginFolder('bad', manifest)]);
    expect(state('bad').error?.message).toContain('Did you mean "contributes"?');
  });

  it('when its package.json is no JSON', async () => {
    const own = await pluginFolder('bad', null);
    await writeFile(path.join(own, 'package.json'), '{ "name": ');
    const { states } = await boot([own]);
    expectFault(states()[0] as PluginState, {
      state: 'failed',
      phase: 'validate',
      code: 'MANIFEST_UNREADABLE',
      hint: /package\.json/,
    });
  });

  it('when it is made for another plugin API', async () => {
    const { state } = await boot([{ manifest: { id: 'newer', apiVersion: 2 } }]);
    expectFault(state('newer'), {
      state: 'failed',
      phase: 'validate',
      code: 'PLUGIN_API_VERSION',
      hint: /Update the server/,
    });
  });

  it('when two have one id: the first stays', async () => {
    const twin: TestPlugin = { manifest: { id: 'twin' }, definition: definePlugin({ activate() {} }) };
    const { states } = await boot([twin, { ...twin, root: folder }]);
    expect(states()[0]?.state).toBe('active');
    expectFault(states()[1] as PluginState, {
      state: 'failed',
      phase: 'validate',
      code: 'PLUGIN_DUPLICATE',
      hint: /another id/,
    });
  });

  it('when a program it needs is not installed', async () => {
    const hint = 'Install it with apt-get install no-such-program.';
    const binaries = [{ name: 'no-such-program', hint }];
    const { state } = await boot([{ manifest: { id: 'needy', requires: { binaries } } }]);
    expectFault(state('needy'), { state: 'failed', phase: 'validate', code: 'PLUGIN_BINARY_MISSING', hint: /apt-get/ });
  });

  it('when a program it needs is there, it starts', async () => {
    const binaries = [{ name: process.execPath, hint: 'Install Node.' }];
    const { state } = await boot([{ manifest: { id: 'needy', requires: { binaries } } }]);
    expect(state('needy').state).toBe('active');
  });

  it('when plugins require each other in a circle, of which all are named', async () => {
    const { state } = await boot([
      { manifest: { id: 'a', requires: { plugins: ['b'] } } },
      { manifest: { id: 'b', requires: { services: ['test.c'] } } },
      { manifest: { id: 'c', provides: ['test.c'], requires: { plugins: ['a'] } } },
      { manifest: { id: 'outside', requires: { plugins: ['a'] } } },
    ]);
    for (const id of ['a', 'b', 'c']) {
      expectFault(state(id), { state: 'failed', phase: 'order', code: 'PLUGIN_CYCLE', hint: /third plugin/ });
      expect(state(id).error?.message).toContain('a -> b -> c -> a');
    }
    expectFault(state('outside'), {
      state: 'skipped',
      phase: 'order',
      code: 'PLUGIN_REQUIREMENT_FAILED',
      hint: /of a/,
    });
  });

  it('when nobody provides what it requires', async () => {
    const { state } = await boot([{ manifest: { id: 'needy', requires: { services: ['core.crashStorag'] } } }]);
    expectFault(state('needy'), {
      state: 'skipped',
      phase: 'order',
      code: 'PLUGIN_REQUIREMENT_MISSING',
      hint: /provides core\.crashStorag/,
    });
  });

  it('when its configuration is wrong: the setting is named', async () => {
    const definition = definePlugin({ config: z.strictObject({ size: z.number() }), activate() {} });
    const { state } = await boot([{ manifest: { id: 'tuned' }, definition }], { config: { tuned: { size: 'large' } } });
    expectFault(state('tuned'), { state: 'failed', phase: 'config', code: 'CONFIG_INVALID', hint: /faultline config/ });
    expect(state('tuned').error?.message).toContain('tuned.size');
  });

  it('when its configuration has an unknown key: the nearest is offered', async () => {
    const definition = definePlugin({ config: z.object({ maxSize: z.number().default(1) }), activate() {} });
    const { state } = await boot([{ manifest: { id: 'tuned' }, definition }], { config: { tuned: { maxSiez: 2 } } });
    expect(state('tuned').error).toMatchObject({ code: 'CONFIG_UNKNOWN_KEY' });
    expect(state('tuned').error?.message).toContain('Did you mean "maxSize"?');
  });

  it('when its entry can not be imported', async () => {
    const manifest = { id: 'hollow', displayName: 'Hollow', apiVersion: 1, entry: './nothing.js' };
    const { state } = await boot([await pluginFolder('hollow', manifest)]);
    expectFault(state('hollow'), { state: 'failed', phase: 'config', code: 'PLUGIN_IMPORT_FAILED', hint: /entry/ });
  });

  it('when its entry exports no plugin', async () => {
    const manifest = { id: 'mute', displayName: 'Mute', apiVersion: 1, entry: './index.mjs' };
    const own = await pluginFolder('mute', manifest);
    await writeFile(path.join(own, 'index.mjs'), 'export const activate = 1;');
    const { state } = await boot([own]);
    expectFault(state('mute'), {
      state: 'failed',
      phase: 'config',
      code: 'PLUGIN_NO_DEFINITION',
      hint: /definePlugin/,
    });
  });

  it('when activate throws: what it had done is undone, and who requires it is skipped', async () => {
    const undone: string[] = [];
    const definition = definePlugin({
      activate(context) {
        context.onStop(() => void undone.push('first'));
        context.onStop(() => void undone.push('second'));
        throw new TypeError('no such thing');
      },
    });
    const { state } = await boot([
      { manifest: { id: 'fragile' }, definition },
      { manifest: { id: 'follower', requires: { plugins: ['fragile'] } } },
    ]);
    expectFault(state('fragile'), {
      state: 'failed',
      phase: 'activate',
      code: 'PLUGIN_ACTIVATE_FAILED',
      hint: /disabled: \[fragile\]/,
    });
    expect(state('fragile').error?.message).toContain('no such thing');
    expect(undone).toEqual(['second', 'first']);
    expectFault(state('follower'), {
      state: 'skipped',
      phase: 'activate',
      code: 'PLUGIN_REQUIREMENT_FAILED',
      hint: /fragile/,
    });
  });

  it('when activate hangs', async () => {
    const { state } = await boot([{ manifest: { id: 'slow' }, definition: definePlugin({ activate: hang }) }], {
      activateLimit: 50,
    });
    expectFault(state('slow'), { state: 'failed', phase: 'activate', code: 'PLUGIN_ACTIVATE_TIMEOUT', hint: /log/ });
  });

  it('when it adds what its manifest does not list', async () => {
    const definition = definePlugin({
      activate(context) {
        context.contribute(ThrottleRule, { id: 'every_third', title: '', order: 1, decide: () => 'continue' });
      },
    });
    const { state } = await boot([{ manifest: { id: 'sly' }, definition }]);
    expectFault(state('sly'), {
      state: 'failed',
      phase: 'activate',
      code: 'CONTRIBUTION_UNDECLARED',
      hint: /\{"id": "every_third"\} to `contributes\.ThrottleRule`/,
    });
  });

  it('when it does not add what its manifest lists: it runs, and says so', async () => {
    const manifest = { id: 'forgetful', contributes: { HttpRoute: [{ id: 'hello' }] } };
    const { state, contributions } = await boot([{ manifest, definition: definePlugin({ activate() {} }) }]);
    expectFault(state('forgetful'), {
      state: 'active',
      phase: 'ready',
      code: 'CONTRIBUTION_MISSING',
      hint: /manifest/,
    });
    expect(
      contributions(HttpRoute)
        .all()
        .map(({ plugin }) => plugin),
    ).not.toContain('forgetful');
  });
});

describe('stopping', () => {
  it('names the plugin that hangs in deactivate, and stops the others', async () => {
    const stopped: string[] = [];
    const definition = definePlugin({
      activate: (context) => context.onStop(() => void stopped.push('its undo')),
      deactivate: hang,
    });
    const { stop } = await boot([{ manifest: { id: 'stubborn' }, definition }], { deactivateLimit: 50 });
    const problems = await stop();
    expect(problems.map(({ code }) => code)).toEqual(['PLUGIN_DEACTIVATE_TIMEOUT']);
    expect(problems[0]?.message).toContain('stubborn');
    expect(stopped).toEqual(['its undo']);
  });

  it('goes last in first out, after the signal is aborted', async () => {
    const order: string[] = [];
    const noted = (id: string): TestPlugin => ({
      manifest: { id, ...(id === 'upper' ? { requires: { plugins: ['lower'] } } : {}) },
      definition: definePlugin({
        activate(context) {
          context.onStop(() => void order.push(`${id} ${context.signal.aborted ? 'aborted' : 'not aborted'}`));
        },
        deactivate: () => void order.push(`${id} deactivates`),
      }),
    });
    const { stop } = await boot([noted('upper'), noted('lower')]);
    await stop();
    expect(order).toEqual(['upper deactivates', 'upper aborted', 'lower deactivates', 'lower aborted']);
  });
});

it('a plugin that the server can not live without stops the boot with its own error', async () => {
  const definition = definePlugin({
    activate() {
      throw new Error('the disk is gone');
    },
  });
  const stopped: string[] = [];
  const first = definePlugin({ activate: (context) => context.onStop(() => void stopped.push('first')) });
  const plugins: TestPlugin[] = [
    { manifest: { id: 'first' }, definition: first },
    { manifest: { id: 'vital', onFailure: 'stop' }, definition },
  ];
  await expect(startTestHost({ plugins })).rejects.toMatchObject({
    code: 'PLUGIN_ACTIVATE_FAILED',
    message: expect.stringContaining('the disk is gone') as string,
  });
  expect(stopped).toEqual(['first']);
});

describe('what waits for all plugins', () => {
  it('begins after the last activation, in order, and may use what later plugins contributed', async () => {
    const order: string[] = [];
    const noted = (id: string): TestPlugin => ({
      manifest: { id },
      definition: definePlugin({
        activate(context) {
          order.push(`${id} activates`);
          context.onReady(() => void order.push(`${id} begins`));
        },
      }),
    });
    await boot([noted('a'), noted('b')]);
    expect(order).toEqual(['a activates', 'b activates', 'a begins', 'b begins']);
  });

  it('fails its own plugin when it throws, and undoes what that had done', async () => {
    const undone: string[] = [];
    const definition = definePlugin({
      activate(context) {
        context.onStop(() => void undone.push('late'));
        context.onReady(() => {
          throw new Error('no kettle');
        });
      },
    });
    const { states } = await boot([
      { manifest: { id: 'late' }, definition },
      { manifest: { id: 'other' }, definition: definePlugin({ activate() {} }) },
    ]);
    expect(states().map(({ id, state, phase }) => [id, state, phase])).toEqual([
      ['late', 'failed', 'ready'],
      ['other', 'active', 'ready'],
      ['sound', 'active', 'ready'],
    ]);
    expect(undone).toEqual(['late']);
  });
});
