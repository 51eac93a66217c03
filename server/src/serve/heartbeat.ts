import { monitorEventLoopDelay } from 'node:perf_hooks';
import {
  Bus,
  isFaultlineError,
  lanes,
  subjects,
  type Clock,
  type Disposer,
  type Milliseconds,
  type NodeHeartbeat,
} from '@faultline/sdk';
import type { Setting } from '../config/configuration.js';
import type { Host } from '../host.js';
import { settingsFingerprints } from './settings-fingerprints.js';

const interval: Milliseconds = 5000;
/** How often the event loop is asked whether it is late. */
const resolution: Milliseconds = 20;

/**
 * Says every 5 seconds on the bus how this process is: `node.heartbeat`. The first one comes at once.
 * @param own settings of the host's own sections
 */
export function beatHeart(host: Host, clock: Clock, own: readonly Setting[]): Disposer {
  const loop = monitorEventLoopDelay({ resolution });
  loop.enable();
  let cpu = process.cpuUsage();
  let last = clock.monotonic();
  const beat = async (): Promise<void> => {
    const now = clock.monotonic();
    const used = process.cpuUsage(cpu);
    const share = now > last ? (used.user + used.system) / 1000 / (now - last) : 0;
    const lag = Math.max(0, loop.max / 1e6 - resolution);
    cpu = process.cpuUsage();
    last = now;
    loop.reset();
    const bus = host.resolve(Bus);
    const queues = await Promise.all(lanes.map((lane) => bus.queueStatus(subjects.process(lane)))).catch(
      (error: unknown) => {
        // NATS is away, and says so itself. The rest can be told all the same.
        if (!isFaultlineError(error)) host.logger.warn({ error }, 'The queues could not be looked at');
        return null;
      },
    );
    const { nodeId, host: name, version, roles, startedAt } = host.info;
    const heartbeat: NodeHeartbeat = {
      node: nodeId,
      host: name,
      pid: process.pid,
      version,
      roles: [...roles],
      at: clock.now(),
      uptime: clock.now() - startedAt,
      cpu: Math.round(share * 1000) / 1000,
      rss: process.memoryUsage.rss(),
      eventLoopLag: Math.round(lag * 10) / 10,
      plugins: host.states().map(({ id, state, error }) => ({ id, state, ...(error && { code: error.code }) })),
      settings: settingsFingerprints([...own, ...ofPlugins(host)]),
      ...(queues === null ? {} : { queues: queues.map(({ subject, depth, oldest }) => ({ subject, depth, oldest })) }),
    };
    bus.emit(subjects.nodeHeartbeat, heartbeat);
  };
  const beatOnce = (): void => {
    beat().catch((error: unknown) => host.logger.debug({ error: String(error) }, 'a heartbeat was left out'));
  };
  const timer = setInterval(beatOnce, interval).unref();
  beatOnce();
  return () => {
    clearInterval(timer);
    loop.disable();
  };
}

/** As they run now: a plugin may have been started anew with others. */
function ofPlugins(host: Host): Setting[] {
  return host.plugins.records.filter(({ state }) => state.state === 'active').flatMap(({ settings }) => settings);
}
