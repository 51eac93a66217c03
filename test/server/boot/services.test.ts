import { Clock, CrashStorage, definePlugin, StateStore, token, type PluginContext } from '@faultline/sdk';
import { inject, injectable } from '@faultline/sdk/injection';
import { fake, startTestHost, type TestHost, type TestPlugin } from '@faultline/server/testing';
import { FakeClock } from '@faultline/testing';
import { afterEach, expect, it } from 'vitest';

interface Greeter {
  greet(): string;
}
const Greeter = token<Greeter>('test.greeter');

let host: TestHost | null = null;
afterEach(async () => {
  await host?.stop();
  host = null;
});

const english: TestPlugin = {
  manifest: { id: 'english', provides: ['test.greeter'] },
  definition: definePlugin({ activate: (context) => context.provide(Greeter, { greet: () => 'hello' }) }),
};

it('a service is there for who requires it, also by constructor injection', async () => {
  @injectable()
  class Visitor {
    constructor(
      @inject(Greeter) readonly greeter: Greeter,
      @inject(Clock) readonly clock: Clock,
    ) {}
  }
  let visitor: Visitor | null = null;
  const definition = definePlugin({ activate: (context) => void (visitor = context.resolve(Visitor)) });
  const clock = new FakeClock();
  host = await startTestHost({
    plugins: [{ manifest: { id: 'visitor', requires: { services: ['test.greeter'] } }, definition }, english],
    fakes: [fake(Clock, clock)],
  });
  expect(host.states().map(({ state }) => state)).toEqual(['active', 'active']);
  expect((visitor as Visitor | null)?.greeter.greet()).toBe('hello');
  expect((visitor as Visitor | null)?.clock).toBe(clock);
});

it('a service that nobody provides is named, also behind constructor injection', async () => {
  @injectable()
  class Visitor {
    constructor(@inject(Greeter) readonly greeter: Greeter) {}
  }
  const lonely = (id: string, wanted: typeof Greeter | typeof Visitor): TestPlugin => ({
    manifest: { id },
    definition: definePlugin({ activate: (context) => void context.resolve(wanted as typeof Greeter) }),
  });
  host = await startTestHost({ plugins: [lonely('by-token', Greeter), lonely('by-class', Visitor)] });
  expect(host.state('by-token').error?.code).toBe('SERVICE_MISSING');
  expect(host.state('by-class').error?.code).toBe('SERVICE_MISSING');
  expect(host.state('by-class').error?.message).toContain('test.greeter');
});

it('a second provider of one service is refused, and both are named', async () => {
  host = await startTestHost({ plugins: [english, { ...english, manifest: { ...english.manifest, id: 'french' } }] });
  expect(host.state('english').state).toBe('active');
  expect(host.state('french').error).toMatchObject({ code: 'SERVICE_TAKEN' });
  expect(host.state('french').error?.hint).toContain('"french" or "english"');
});

it('a service that is not declared is refused', async () => {
  host = await startTestHost({ plugins: [{ ...english, manifest: { id: 'english' } }] });
  expect(host.state('english').error?.code).toBe('SERVICE_UNDECLARED');
});

it('a service is gone when its plugin has stopped', async () => {
  host = await startTestHost({ plugins: [english] });
  expect(host.resolve(Greeter).greet()).toBe('hello');
  const { resolve } = host;
  await host.stop();
  expect(() => resolve(Greeter)).toThrow('test.greeter');
});

it('in-memory stores stand in where no plugin and no fake provides them', async () => {
  host = await startTestHost();
  await host.resolve(StateStore).set(['test'], { a: 1 });
  expect(await host.resolve(StateStore).get(['test'])).toMatchObject({ value: { a: 1 } });
  expect(await host.resolve(CrashStorage).days()).toEqual([]);
});

it('a plugin that has no part in the roles of the process is skipped without an error', async () => {
  host = await startTestHost({ plugins: [{ manifest: { id: 'walker', roles: ['processor'] } }], roles: ['collector'] });
  expect(host.state('walker')).toMatchObject({ state: 'skipped' });
  expect(host.state('walker').error).toBeUndefined();
});

it('a plugin gets its configuration frozen, its own folders, and a signal', async () => {
  let context: PluginContext | undefined;
  const definition = definePlugin({ activate: (given) => void (context = given) });
  host = await startTestHost({ plugins: [{ manifest: { id: 'own' }, definition }], config: { own: { list: [1] } } });
  expect(context?.config).toEqual({ list: [1] });
  expect(() => (context?.config as { list: number[] }).list.push(2)).toThrow(TypeError);
  expect(context?.paths.data).toBe(`${host.dataFolder}/plugins/own`);
  expect(context?.signal.aborted).toBe(false);
});
