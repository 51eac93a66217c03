/**
 * Order of a commit: small parts into the day's dumps and large ones under their names, all synced; then the raw crash
 * with its mark, in one transaction that is refused when the id exists. The raw crash is the commit mark: a part
 * without one was never answered, and is swept.
 */
import { rename, unlink } from 'node:fs/promises';
import type {
  Bytes,
  CrashId,
  Logger,
  PartWriter,
  PendingMark,
  RawCrash,
  ReceivedPart,
  ReportDraft,
} from '@faultline/sdk';
import { crashIdDay } from '@faultline/sdk/crash-id';
import { FaultlineError, systemErrorCode } from '@faultline/sdk/errors';
import type { DayEnvironments } from './day-environments.js';
import { noValue } from './day-tables.js';
import { partKey } from './data-layout.js';
import type { DataLayout } from './data-layout.js';
import type { FolderSync } from './folder-sync.js';
import type { GatheringBuffers } from './gathering-buffers.js';
import { IncomingPart } from './incoming-part.js';
import type { OpenDays } from './open-days.js';
import { owedBy } from './pending-rows.js';
import { storageFailure } from './storage-failure.js';

export interface DraftSurroundings {
  layout: DataLayout;
  folders: FolderSync;
  environments: DayEnvironments;
  openDays: OpenDays;
  logger: Logger;
  largePart: Bytes;
  buffers: GatheringBuffers;
  /** Ids whose commit is under way in this process. */
  committing: Set<CrashId>;
  /** An erased crash never comes back. */
  isErased(id: CrashId): Promise<boolean>;
  /** Path of a new file in the incoming folder. */
  nextIncoming(): string;
  /** What the names begin with of files in the incoming folder that are this server's. */
  incomingPrefix: string;
}

export class LmdbReportDraft implements ReportDraft {
  private readonly parts = new Map<string, IncomingPart>();
  private readonly replaced: IncomingPart[] = [];

  constructor(private readonly around: DraftSurroundings) {}

  addPart(part: { name: string; filename: string; contentType: string }): PartWriter {
    const { layout, largePart, buffers, nextIncoming } = this.around;
    const incoming = new IncomingPart(part, { file: nextIncoming(), folder: layout.root, largePart, buffers });
    this.setPart(incoming);
    return incoming;
  }

  adoptPart(part: ReceivedPart): void {
    const { layout, largePart, buffers } = this.around;
    this.setPart(IncomingPart.adopt(part, { folder: layout.root, largePart, buffers }));
  }

  async commit({ raw, pending }: { raw: RawCrash; pending: PendingMark }): Promise<void> {
    const { committing } = this.around;
    if (committing.has(raw.crashId)) throw exists(raw.crashId);
    committing.add(raw.crashId);
    try {
      await this.store(raw, pending);
      await this.discardAll(this.replaced);
    } finally {
      committing.delete(raw.crashId);
    }
  }

  async discard(): Promise<void> {
    await this.discardAll([...this.parts.values(), ...this.replaced]);
  }

  private setPart(part: IncomingPart): void {
    const earlier = this.parts.get(part.name);
    if (earlier !== undefined) this.replaced.push(earlier);
    this.parts.set(part.name, part);
  }

  private async store(raw: RawCrash, pending: PendingMark): Promise<void> {
    const { environments, openDays } = this.around;
    const day = crashIdDay(raw.crashId);
    await openDays.during(day, [owedBy(pending.state)], () =>
      environments.makeReports(day, async (reports) => {
        if (await reports.read((tables) => tables.raw.doesExist(raw.crashId))) throw exists(raw.crashId);
        if (await this.around.isErased(raw.crashId)) throw erased(raw.crashId);
        try {
          await this.storeParts(day, raw.crashId);
          const isNew = await reports.write((tables) =>
            tables.raw.ifNoExists(raw.crashId, () => {
              void tables.raw.put(raw.crashId, raw);
              void tables.pending.put(raw.crashId, pending);
              void tables.pendingByAge.put([pending.state, pending.since, raw.crashId], noValue);
            }),
          );
          if (!isNew) throw exists(raw.crashId);
        } catch (error) {
          await this.takeBack(day, raw.crashId);
          throw error;
        }
      }),
    );
  }

  private async storeParts(day: string, id: CrashId): Promise<void> {
    const small: [string, Uint8Array][] = [];
    const large: [IncomingPart, string][] = [];
    for (const part of this.parts.values()) {
      const content = part.received?.content;
      if (content === undefined) {
        throw new FaultlineError('Internal', 'PART_NOT_ENDED', `Part ${part.name} was not ended.`);
      }
      if ('file' in content) large.push([part, content.file]);
      else small.push([`${id}/${partKey(part.name)}`, content.bytes]);
    }
    if (large.length === 0) await this.storeSmall(day, small);
    else await Promise.all([this.storeSmall(day, small), this.storeLarge(day, id, large)]);
  }

  private async storeSmall(day: string, parts: [string, Uint8Array][]): Promise<void> {
    if (parts.length === 0) return;
    await this.around.environments.makeDumps(day, (dumps) =>
      dumps.write((tables) => Promise.all(parts.map(([key, bytes]) => tables.parts.put(key, bytes)))),
    );
  }

  private async storeLarge(day: string, id: CrashId, parts: [IncomingPart, string][]): Promise<void> {
    const { layout, folders } = this.around;
    try {
      await folders.make(layout.largeFolder(day), layout.root);
      for (const [part, file] of parts) {
        await rename(file, layout.large(day, id, part.name));
        part.handOver();
      }
      await folders.sync(layout.largeFolder(day));
    } catch (error) {
      throw await storageFailure(error, layout.root);
    }
  }

  /** After a failure: what can't be removed now has no raw crash, and is swept. */
  private async takeBack(day: string, id: CrashId): Promise<void> {
    const { environments, layout, logger } = this.around;
    const names = [...this.parts.keys()];
    const outcomes = await Promise.allSettled([
      environments.dumps(day, (dumps) =>
        dumps.write((tables) => Promise.all(names.map((name) => tables.parts.remove(`${id}/${partKey(name)}`)))),
      ),
      ...names.map((name) => unlinkIfThere(layout.large(day, id, name))),
    ]);
    const failed = outcomes.filter(({ status }) => status === 'rejected').length;
    if (failed > 0) logger.warn({ crashId: id, failed }, 'Parts of a report that was not stored are left to be swept');
  }

  private async discardAll(all: IncomingPart[]): Promise<void> {
    const parts = all.filter((part) => part.hasLeft);
    if (parts.length === 0) return;
    const outcomes = await Promise.allSettled(parts.map((part) => part.discard()));
    const failed = outcomes.filter(({ status }) => status === 'rejected').length;
    if (failed > 0) this.around.logger.warn({ failed }, 'Incoming files could not be removed and are left to be swept');
  }
}

async function unlinkIfThere(file: string): Promise<void> {
  try {
    await unlink(file);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
}

function exists(id: CrashId): FaultlineError {
  return new FaultlineError('Conflict', 'CRASH_EXISTS', `${id} is stored already.`, { details: { crashId: id } });
}

/** To a client the same as an id that is in use: it is never used again. */
function erased(id: CrashId): FaultlineError {
  return new FaultlineError('Conflict', 'CRASH_EXISTS', `${id} was erased, and its id is not used again.`, {
    details: { crashId: id, isErased: true },
  });
}
