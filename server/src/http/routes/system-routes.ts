import {
  Bus,
  CrashStorage,
  lanes,
  Outbox,
  PluginCatalog,
  SearchEngine,
  subjects,
  type HttpRoute,
  type QueueStatus,
} from '@faultline/sdk';
import { PanelList, PluginList, SystemStatus, VersionInfo } from '@faultline/sdk/api';
import type { Host } from '../../host.js';

/** Grows with each addition to the HTTP API. */
const apiMinor = 1;
const oldestClient = 1;

/** What this server is, which plugins it has, and how it is doing. */
export function systemRoutes(host: Host, basePath: () => string): HttpRoute[] {
  return [
    {
      id: 'host/api-version',
      method: 'GET',
      path: '/api/v1/version',
      summary: 'Version of the server and of its API',
      access: 'open',
      response: VersionInfo,
      handle: () => ({ body: { version: host.info.version, api: apiMinor, oldestClient } satisfies VersionInfo }),
    },
    {
      id: 'host/panels',
      method: 'GET',
      path: '/api/v1/panels',
      summary: 'Panels that plugins add to the screens',
      access: 'reader',
      response: PanelList,
      handle: () => ({ body: { panels: panels(host, basePath()) } satisfies PanelList }),
    },
    {
      id: 'host/plugins',
      method: 'GET',
      path: '/api/v1/plugins',
      summary: 'Every plugin with its state',
      access: 'manage',
      response: PluginList,
      handle: () => ({ body: { plugins: [...host.states()] } satisfies PluginList }),
    },
    {
      id: 'host/status',
      method: 'GET',
      path: '/api/v1/status',
      summary: 'In numbers, what this server is doing',
      access: 'status-page',
      response: SystemStatus,
      handle: async () => ({ body: await systemStatus(host) }),
    },
  ];
}

function panels(host: Host, basePath: string): PanelList['panels'] {
  const contributed = host.resolve(PluginCatalog).panels();
  const sorted = [...contributed].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  return sorted.map(({ module, ...panel }) => ({
    ...panel,
    module: `${basePath}plugin-ui/${panel.plugin}/${module.replace(/^(\.\/)?/, '')}`,
  }));
}

async function systemStatus(host: Host): Promise<SystemStatus> {
  const bus = host.resolve(Bus);
  const [queues, deadLetters, outbox, index] = await Promise.all([
    Promise.all(lanes.map((lane) => bus.queueStatus(subjects.process(lane)))),
    countDead(host),
    outboxBacklog(host),
    indexStatus(host),
  ]);
  return {
    version: host.info.version,
    startedAt: new Date(host.info.startedAt).toISOString(),
    summary: summary(queues, deadLetters),
    queues: queues.map(({ subject, depth, inHand, oldest }) => ({ subject, depth, inHand, oldest })),
    deadLetters,
    outbox,
    index,
    submitUrl: `${host.info.publicUrl()}/submit`,
  };
}

async function countDead(host: Host): Promise<number> {
  if (!host.has(CrashStorage)) return 0;
  let count = 0;
  for await (const _ of host.resolve(CrashStorage).pending({ states: ['dead'] })) count++;
  return count;
}

async function outboxBacklog(host: Host): Promise<SystemStatus['outbox']> {
  if (!host.has(Outbox)) return [];
  const backlog = await host.resolve(Outbox).backlog();
  return Object.entries(backlog).map(([sink, { rows, oldest }]) => ({
    sink,
    rows,
    oldest: oldest === null ? null : new Date(oldest).toISOString(),
  }));
}

async function indexStatus(host: Host): Promise<SystemStatus['index']> {
  if (!host.has(SearchEngine)) return { crashes: 0, completeness: 1 };
  const { crashes, rebuild } = await host.resolve(SearchEngine).status();
  const total = rebuild?.total ?? null;
  const completeness = rebuild === null ? 1 : total === null || total === 0 ? 0 : rebuild.done / total;
  return { crashes, completeness };
}

function summary(queues: readonly QueueStatus[], deadLetters: number): string {
  const depth = queues.reduce((sum, queue) => sum + queue.depth, 0);
  const waiting = depth === 1 ? '1 report waits or is' : `${depth} reports wait or are`;
  const work = depth === 0 ? 'Idle: every report is processed.' : `${waiting} being processed.`;
  return deadLetters === 0 ? work : `${work} ${deadLetters} could not be processed and need a look.`;
}
