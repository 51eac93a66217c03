/** How each server was when it was asked last: a small file in the cache, shared by all processes of it. */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Milliseconds, UnixMillis } from '@faultline/sdk/units';
import { temporaryName } from '../index-store/temporary-files.js';
import { afterFailure, closedCircuit, phaseOf, type CircuitPhase, type CircuitState } from './circuit.js';

/** A type: it is a JSON value. */
export type UpstreamRecord = CircuitState & {
  /** 0 when it never answered, or never failed. */
  answeredAt: UnixMillis;
  failedAt: UnixMillis;
  /** What went wrong last; "" when nothing ever did. */
  problem: string;
  found: number;
  missed: number;
  failed: number;
};

const blank: UpstreamRecord = {
  ...closedCircuit,
  answeredAt: 0,
  failedAt: 0,
  problem: '',
  found: 0,
  missed: 0,
  failed: 0,
};

/** While all is well the file is written so seldom; its counts may lag, and those of a killed process are lost. */
const writeEvery: Milliseconds = 5_000;

export class UpstreamHealth {
  private readonly file: string;
  private record: UpstreamRecord = blank;
  private readAt = -1;
  private writtenAt = 0;
  private isTrying = false;

  constructor(
    folder: string,
    url: string,
    private readonly now: () => number = Date.now,
  ) {
    this.file = recordFile(folder, url);
  }

  /** Null when it may be asked; else why not. Whoever is let through in a pause's end must say how it went. */
  refusal(): string | null {
    this.refresh();
    const phase = phaseOf(this.record, this.now());
    if (phase === 'closed') return null;
    const until = new Date(this.record.openUntil).toISOString();
    if (phase === 'open') return `the server failed (${this.record.problem}) and is left alone until ${until}`;
    if (this.isTrying) return 'the server failed, and is being tried again';
    this.isTrying = true;
    return null;
  }

  answered(what: 'found' | 'missed'): void {
    this.refresh();
    const wasWell = this.record.openUntil === 0 && this.record.failures === 0;
    this.isTrying = false;
    this.record = { ...this.record, ...closedCircuit, answeredAt: this.now(), [what]: this.record[what] + 1 };
    if (!wasWell || this.now() - this.writtenAt >= writeEvery) this.write();
  }

  failed(problem: string, retryAfter: Milliseconds | null = null): void {
    this.refresh();
    const now = this.now();
    this.isTrying = false;
    const state = afterFailure(this.record, now, retryAfter);
    const failed = this.record.failed + 1;
    this.record = { ...this.record, ...state, failedAt: now, problem: problem.slice(0, 300), failed };
    this.write();
  }

  /** Nobody knows how it went: the walk was stopped. */
  abandoned(): void {
    this.isTrying = false;
  }

  /** What other processes found out. */
  private refresh(): void {
    const stat = statSync(this.file, { throwIfNoEntry: false });
    if (stat === undefined || stat.mtimeMs === this.readAt) return;
    this.readAt = stat.mtimeMs;
    this.record = readRecord(this.file) ?? this.record;
  }

  private write(): void {
    this.writtenAt = this.now();
    try {
      mkdirSync(path.dirname(this.file), { recursive: true });
      const temporary = temporaryName(this.file);
      writeFileSync(temporary, JSON.stringify(this.record));
      renameSync(temporary, this.file);
      this.readAt = statSync(this.file).mtimeMs;
    } catch {
      // A cache that can't be written: each process then knows what it saw itself.
    }
  }
}

export interface UpstreamStatus extends UpstreamRecord {
  phase: CircuitPhase;
}

/** As the screen shows it; null for a server that nobody asked yet. */
export function upstreamStatus(folder: string, url: string, now: UnixMillis): UpstreamStatus | null {
  const record = readRecord(recordFile(folder, url));
  return record === null ? null : { ...record, phase: phaseOf(record, now) };
}

function recordFile(folder: string, url: string): string {
  return path.join(folder, 'upstreams', `${encodeURIComponent(url).slice(0, 200)}.json`);
}

function readRecord(file: string): UpstreamRecord | null {
  try {
    return { ...blank, ...(JSON.parse(readFileSync(file, 'utf8')) as Partial<UpstreamRecord>) };
  } catch {
    // Not asked yet.
    return null;
  }
}
