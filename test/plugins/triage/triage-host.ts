import {
  Clock,
  CrashSink,
  CrashStorage,
  definePlugin,
  FieldDefinition,
  SearchEngine,
  type ProcessedCrash,
} from '@faultline/sdk';
import { fake, startTestHost, type TestHost } from '@faultline/server/testing';
import {
  FakeClock,
  MemoryCrashStorage,
  MemoryFieldDictionary,
  NaiveSearchEngine,
  sampleCrashId,
} from '@faultline/testing';

export const now = Date.UTC(2026, 10, 22, 12);

const keyword = (id: string): FieldDefinition => ({
  id,
  title: id,
  type: 'keyword',
  description: '',
  permission: 'public',
});
const fields: FieldDefinition[] = [
  { id: 'signature', title: 'Signature', type: 'string', description: '', permission: 'public' },
  ...['product', 'version', 'build', 'os_name', 'install'].map(keyword),
];

/** A host with groups, a search engine and a clock to turn; crashes come in through the sinks, as they do. */
export interface TriageHost {
  host: TestHost;
  clock: FakeClock;
  /** Processes a crash: indexes it and tells the groups. Gives its id. */
  crash(signature: string, more?: Partial<ProcessedCrash>): Promise<string>;
  get<T>(path: string): Promise<T>;
  /** As a triager, unless told otherwise. */
  send<T>(method: 'POST' | 'PUT', path: string, body?: object): Promise<{ status: number; body: T }>;
}

/** @param others ids of plugins that run beside */
export async function startTriageHost(
  config: Record<string, unknown> = {},
  others: readonly string[] = [],
): Promise<TriageHost> {
  const clock = new FakeClock(now);
  const engine = new NaiveSearchEngine(new MemoryFieldDictionary(fields));
  const host = await startTestHost({
    plugins: [
      'triage',
      ...others,
      {
        manifest: { id: 'fields', contributes: { FieldDefinition: [{ id: '*' }] } },
        definition: definePlugin({
          activate: (ctx) => fields.forEach((field) => void ctx.contribute(FieldDefinition, field)),
        }),
      },
    ],
    config: { triage: config },
    fakes: [fake(CrashStorage, new MemoryCrashStorage()), fake(SearchEngine, engine), fake(Clock, clock)],
  });
  let made = 0;
  const token = await host.createToken({ permissions: ['triage'], validFor: null });
  const ask = async (method: string, path: string, body?: object) =>
    await host.fetch(path, {
      method,
      headers: { 'auth-token': token, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  return {
    host,
    clock,
    async crash(signature, more = {}) {
      // Ranges end before now.
      const stamp = new Date(clock.now() - 1).toISOString();
      const crash: ProcessedCrash = {
        crash_id: sampleCrashId(++made, clock.now()),
        status: 'complete',
        submitted_timestamp: stamp,
        started_datetime: stamp,
        completed_datetime: stamp,
        signature,
        product: 'Teapot',
        version: '1.0',
        ...more,
      };
      await engine.index([{ crash, run: 1 }]);
      for (const { value } of host.contributions(CrashSink).all()) {
        await value.deliver([{ crash, run: 1 }], new AbortController().signal);
      }
      return crash.crash_id;
    },
    get: async <T>(path: string) => (await (await ask('GET', path)).json()) as T,
    async send<T>(method: 'POST' | 'PUT', path: string, body?: object) {
      const answer = await ask(method, path, body);
      return { status: answer.status, body: (await answer.json()) as T };
    },
  };
}
