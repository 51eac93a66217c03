import type { Milliseconds, NodeHeartbeat, UnixMillis } from '@faultline/sdk';
import type { NodeShape } from '@faultline/sdk/api';
import { driftOf } from './config-drift.js';

interface KnownNode {
  heartbeat: NodeHeartbeat;
  /** Of the monotonic clock: the date may be set. */
  heardAt: Milliseconds;
  seenAt: UnixMillis;
  stoppedAt: Milliseconds | null;
}

/** One that said that it stops is shown for a while, one that is gone until it is replaced or a day has passed. */
const stoppedFor: Milliseconds = 60_000;
const goneFor: Milliseconds = 86_400_000;
const mostNodes = 500;

/** Every process that was heard of. */
export class NodeList {
  private readonly nodes = new Map<string, KnownNode>();

  constructor(private readonly goneAfter: Milliseconds) {}

  hear(heartbeat: NodeHeartbeat, time: { now: UnixMillis; monotonic: Milliseconds }): void {
    const isNew = !this.nodes.has(heartbeat.node);
    this.nodes.set(heartbeat.node, {
      heartbeat,
      heardAt: time.monotonic,
      seenAt: time.now,
      stoppedAt: null,
    });
    if (!isNew) return;
    // A new process on the same host with the same roles takes the place of one that died.
    for (const [id, other] of this.nodes) {
      const isSamePlace = placeOf(other.heartbeat) === placeOf(heartbeat);
      if (id !== heartbeat.node && isSamePlace && this.stateOf(other, time.monotonic) === 'gone') {
        this.nodes.delete(id);
        break;
      }
    }
    const [oldest] = this.nodes.keys();
    if (this.nodes.size > mostNodes && oldest !== undefined) this.nodes.delete(oldest);
  }

  stopped(node: string, monotonic: Milliseconds): void {
    const known = this.nodes.get(node);
    if (known !== undefined) known.stoppedAt = monotonic;
  }

  /** By host, then roles. Forgets those that are no longer of interest. */
  all(monotonic: Milliseconds): (NodeShape & { silentFor: Milliseconds })[] {
    for (const [id, { stoppedAt, heardAt }] of this.nodes) {
      const isOver = stoppedAt === null ? monotonic - heardAt > goneFor : monotonic - stoppedAt > stoppedFor;
      if (isOver) this.nodes.delete(id);
    }
    const running = [...this.nodes.values()].filter((known) => runs(this.stateOf(known, monotonic)));
    const drift = driftOf(running.map(({ heartbeat }) => heartbeat));
    return [...this.nodes.values()]
      .map((known) => {
        const { node, host, pid, version, roles, uptime, cpu, rss, eventLoopLag, plugins } = known.heartbeat;
        const seenAt = new Date(known.seenAt).toISOString();
        const silentFor = monotonic - known.heardAt;
        const state = this.stateOf(known, monotonic);
        const told = { node, host, pid, version, roles, uptime, cpu, rss, eventLoopLag, plugins };
        return { ...told, state, seenAt, silentFor, drift: drift.get(node) ?? [] };
      })
      .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  }

  private stateOf({ heardAt, stoppedAt }: KnownNode, monotonic: Milliseconds): NodeShape['state'] {
    if (stoppedAt !== null) return 'stopped';
    const silent = monotonic - heardAt;
    if (silent > this.goneAfter) return 'gone';
    return silent > this.goneAfter * 0.6 ? 'silent' : 'alive';
  }
}

function runs(state: NodeShape['state']): boolean {
  return state === 'alive' || state === 'silent';
}

function placeOf({ host, roles }: Pick<NodeHeartbeat, 'host' | 'roles'>): string {
  return `${host}/${[...roles].sort().join('+')}`;
}

function orderOf(node: Pick<NodeShape, 'host' | 'roles' | 'pid'>): string {
  return `${placeOf(node)}/${String(node.pid).padStart(10, '0')}`;
}
