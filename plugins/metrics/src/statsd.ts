/**
 * Samples as statsd lines over UDP. Written here rather than taken from a library: it is one line of text for each
 * sample, and the libraries bring a native module for sockets that we don't use. Nothing is ever waited for, and
 * what a network loses is lost.
 */
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import type { Logger, Milliseconds } from '@faultline/sdk';
import type { MetricsConfig } from './config.js';
import type { Sample } from './metric-book.js';

/** Of a datagram that no network cuts. */
const packetLimit = 1400;
const flushAfter: Milliseconds = 200;

export type StatsdConfig = NonNullable<MetricsConfig['statsd']>;

export class Statsd {
  private readonly socket: Socket;
  private lines: string[] = [];
  private size = 0;
  private timer: NodeJS.Timeout | null = null;
  private hasComplained = false;

  constructor(
    private readonly config: StatsdConfig,
    private readonly logger: Logger,
  ) {
    this.socket = createSocket(config.host.includes(':') ? 'udp6' : 'udp4').unref();
    this.socket.on('error', (error) => this.complain(error));
  }

  send(sample: Sample): void {
    const line = statsdLine(sample, this.config);
    if (this.size + line.length + 1 > packetLimit) this.flush();
    this.lines.push(line);
    this.size += line.length + 1;
    this.timer ??= setTimeout(() => this.flush(), flushAfter).unref();
  }

  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.lines.length === 0) return;
    const packet = this.lines.join('\n');
    this.lines = [];
    this.size = 0;
    this.socket.send(packet, this.config.port, this.config.host, (error) => {
      if (error !== null) this.complain(error);
    });
  }

  async close(): Promise<void> {
    this.flush();
    // A datagram is given to the system in a later turn.
    await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise<void>((resolve) => this.socket.close(resolve));
  }

  private complain(error: Error): void {
    if (this.hasComplained) return;
    this.hasComplained = true;
    const { host, port } = this.config;
    this.logger.warn({ host, port, error: error.message }, 'Metrics do not reach statsd; this is said once');
  }
}

/** Histograms go as timings in milliseconds. */
export function statsdLine({ name, kind, value, labels }: Sample, { prefix, tags }: StatsdConfig): string {
  const own = name.replace(/^faultline_/, 'faultline.').replace(/_seconds$/, kind === 'histogram' ? '' : '_seconds');
  const pairs = Object.entries(labels);
  const parts = tags ? '' : pairs.map(([, label]) => `.${plain(label)}`).join('');
  const suffix = tags && pairs.length > 0 ? `|#${pairs.map(([key, label]) => `${key}:${plain(label)}`).join(',')}` : '';
  const type = { counter: 'c', gauge: 'g', histogram: 'ms' }[kind];
  const amount = kind === 'histogram' ? Math.round(value * 1_000_000) / 1000 : value;
  return `${prefix}${own}${parts}:${amount}|${type}${suffix}`;
}

/** What would end a name, a value or a tag. */
function plain(label: string): string {
  return label.replaceAll(/[^A-Za-z0-9_/-]/g, '_');
}
