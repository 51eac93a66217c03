import { createHash } from 'node:crypto';
import type {
  CrashFate,
  CrashId,
  CrashStorage,
  Outbox,
  OutboxRow,
  PartSummary,
  PartWriter,
  PendingMark,
  ProcessedCrash,
  RandomAccessSource,
  RawCrash,
  ReportDraft,
  RunCommit,
  RunRecord,
  StorageUsage,
  StoredCrash,
  UnixMillis,
} from '@faultline/sdk';
import { bytesSource } from '@faultline/sdk/random-access-source';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { FaultlineError } from '@faultline/sdk/errors';

interface Stored {
  raw: RawCrash;
  processed: ProcessedCrash | null;
  runs: RunRecord[];
  pending: PendingMark | null;
  parts: Map<string, Uint8Array>;
}

/** The crash store's and the outbox's contracts in memory. What goes in and out is copied. */
export class MemoryCrashStorage implements CrashStorage, Outbox {
  private readonly crashes = new Map<CrashId, Stored>();
  private readonly rows = new Map<string, OutboxRow>();

  openDraft(): ReportDraft {
    const parts = new Map<string, { summary: PartSummary; bytes: Uint8Array }>();
    return {
      addPart: (part) => memoryPart(part, (summary, bytes) => parts.set(part.name, { summary, bytes })),
      commit: ({ raw, pending }) => {
        if (this.crashes.has(raw.crashId)) {
          return Promise.reject(new FaultlineError('Conflict', 'CRASH_EXISTS', `${raw.crashId} is stored already.`));
        }
        this.crashes.set(raw.crashId, {
          raw: structuredClone(raw),
          processed: null,
          runs: [],
          pending: structuredClone(pending),
          parts: new Map([...parts].map(([name, { bytes }]) => [name, bytes])),
        });
        return Promise.resolve();
      },
      discard: () => Promise.resolve(parts.clear()),
    };
  }

  load(id: CrashId): Promise<StoredCrash | null> {
    const stored = this.crashes.get(id);
    if (stored === undefined) return Promise.resolve(null);
    const { raw, processed, runs, pending } = stored;
    return Promise.resolve(structuredClone({ raw, processed, runs, pending }));
  }

  async rawCrash(id: CrashId): Promise<RawCrash | null> {
    return (await this.load(id))?.raw ?? null;
  }

  async processedCrash(id: CrashId): Promise<ProcessedCrash | null> {
    return (await this.load(id))?.processed ?? null;
  }

  openPart(id: CrashId, name: string): Promise<RandomAccessSource | null> {
    const bytes = this.crashes.get(id)?.parts.get(name);
    return Promise.resolve(bytes === undefined ? null : bytesSource(bytes));
  }

  locatePart(id: CrashId, name: string): Promise<{ bytes: Uint8Array } | null> {
    const bytes = this.crashes.get(id)?.parts.get(name);
    return Promise.resolve(bytes === undefined ? null : { bytes });
  }

  commitRun(commit: RunCommit): Promise<'committed' | 'superseded' | 'gone'> {
    const stored = this.crashes.get(commit.crashId);
    if (stored === undefined) return Promise.resolve('gone');
    if ((stored.runs.at(-1)?.run ?? 0) !== commit.expectedRun) return Promise.resolve('superseded');
    if (commit.processed !== null) stored.processed = structuredClone(commit.processed);
    stored.runs.push(structuredClone(commit.record));
    if (stored.pending !== null && stored.pending.run <= commit.run) stored.pending = null;
    for (const sink of commit.sinks) {
      const since = Date.parse(commit.record.completed);
      const row = { sink, crashId: commit.crashId, run: commit.run, attempts: 0, due: since, since };
      this.rows.set(`${sink}/${commit.crashId}`, row);
    }
    return Promise.resolve('committed');
  }

  setPending(mark: PendingMark): Promise<boolean> {
    const stored = this.crashes.get(mark.crashId);
    if (stored === undefined) return Promise.resolve(false);
    stored.pending = structuredClone(mark);
    return Promise.resolve(true);
  }

  async *pending(filter: { states?: PendingMark['state'][]; before?: UnixMillis } = {}): AsyncIterable<PendingMark> {
    const marks = [...this.crashes.values()].flatMap(({ pending }) => (pending === null ? [] : [pending]));
    for (const mark of marks.sort((a, b) => a.since - b.since)) {
      await Promise.resolve();
      const isWanted = filter.states?.includes(mark.state) ?? true;
      if (isWanted && mark.since < (filter.before ?? Infinity)) yield structuredClone(mark);
    }
  }

  async *scanProcessed(filter: { day?: string } = {}): AsyncIterable<ProcessedCrash> {
    for (const [id, { processed }] of this.crashes) {
      await Promise.resolve();
      if (processed !== null && (filter.day ?? crashIdDay(id)) === crashIdDay(id)) yield structuredClone(processed);
    }
  }

  async *scanRuns(filter: { day?: string } = {}): AsyncIterable<{ crash: ProcessedCrash; run: number }> {
    for await (const crash of this.scanProcessed(filter)) {
      yield { crash, run: this.crashes.get(crash.crash_id)?.runs.at(-1)?.run ?? 1 };
    }
  }

  fate(id: CrashId): Promise<CrashFate> {
    const state = this.crashes.has(id) ? 'stored' : 'unknown';
    return Promise.resolve({ state, at: null, partsExpiredAt: null });
  }

  days(): Promise<string[]> {
    return Promise.resolve([...new Set([...this.crashes.keys()].map(crashIdDay))].sort());
  }

  async usage(): Promise<StorageUsage[]> {
    const days = await this.days();
    return days.map((day) => {
      const stored = [...this.crashes].filter(([id]) => crashIdDay(id) === day).map(([, crash]) => crash);
      const dumps = stored.flatMap(({ parts }) => [...parts.values()]);
      return {
        day,
        reports: stored.length,
        reportBytes: stored.reduce((sum, crash) => sum + JSON.stringify(crash.raw).length, 0),
        dumpBytes: dumps.reduce((sum, bytes) => sum + bytes.byteLength, 0),
      };
    });
  }

  checkHealth(): Promise<void> {
    return Promise.resolve();
  }

  due(sink: string, now: UnixMillis, limit: number): Promise<OutboxRow[]> {
    const rows = [...this.rows.values()].filter((row) => row.sink === sink && isDue(row, now));
    return Promise.resolve(structuredClone(rows.sort((a, b) => a.due - b.due).slice(0, limit)));
  }

  done(rows: OutboxRow[]): Promise<void> {
    for (const row of rows) {
      const key = `${row.sink}/${row.crashId}`;
      if ((this.rows.get(key)?.run ?? Infinity) <= row.run) this.rows.delete(key);
    }
    return Promise.resolve();
  }

  retry(rows: OutboxRow[], due: UnixMillis): Promise<void> {
    for (const row of rows) {
      const stored = this.rows.get(`${row.sink}/${row.crashId}`);
      if (stored?.run === row.run) Object.assign(stored, { attempts: stored.attempts + 1, due });
    }
    return Promise.resolve();
  }

  backlog(): Promise<Record<string, { rows: number; oldest: UnixMillis | null }>> {
    const backlog: Record<string, { rows: number; oldest: UnixMillis | null }> = {};
    for (const { sink, since } of this.rows.values()) {
      const entry = (backlog[sink] ??= { rows: 0, oldest: null });
      entry.rows += 1;
      entry.oldest = Math.min(entry.oldest ?? since, since);
    }
    return Promise.resolve(backlog);
  }
}

function memoryPart(
  part: { name: string; filename: string; contentType: string },
  keep: (summary: PartSummary, bytes: Uint8Array) => void,
): PartWriter {
  const chunks: Uint8Array[] = [];
  let buffered = 0;
  return {
    get buffered() {
      return buffered;
    },
    write: (chunk) => {
      chunks.push(Uint8Array.from(chunk));
      buffered += chunk.byteLength;
    },
    // Memory stands in for the disk here.
    spool: () => Promise.resolve(void (buffered = 0)),
    end: () => {
      const bytes = new Uint8Array(Buffer.concat(chunks));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const summary = { ...part, size: bytes.byteLength, sha256 };
      keep(summary, bytes);
      return Promise.resolve(summary);
    },
  };
}

/** What is due in more than ten minutes was written while the date was ahead. */
function isDue({ due }: OutboxRow, now: UnixMillis): boolean {
  return due <= now || due >= now + 600_000;
}
