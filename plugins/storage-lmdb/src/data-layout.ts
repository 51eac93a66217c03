/**
 * Where everything stands below the data folder. Names only; nothing here touches the disk. Asked several times for
 * each report, so names are put together by hand: days, ids and parts' keys hold nothing that `path.join` would change.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { CrashId } from '@faultline/sdk';

export type DayKind = 'reports' | 'dumps';

const dayFolder = /^\d{4}-\d{2}-\d{2}$/;

export class DataLayout {
  readonly format: string;
  readonly state: string;
  readonly crashes: string;
  /** Parts on their way in; renamed into a day's folder when their report is committed. */
  readonly incoming: string;
  /** One file for each process that has the folder open. */
  readonly members: string;

  constructor(readonly root: string) {
    this.format = path.join(root, 'format.json');
    this.state = path.join(root, 'state.mdb');
    this.crashes = path.join(root, 'crashes');
    this.incoming = path.join(root, 'incoming');
    this.members = path.join(root, 'members');
  }

  day(day: string): string {
    return this.crashes + path.sep + day;
  }

  environment(day: string, kind: DayKind, generation: number): string {
    return `${this.day(day)}${path.sep}${kind}.${generation}.mdb`;
  }

  largeFolder(day: string): string {
    return `${this.day(day)}${path.sep}large`;
  }

  large(day: string, id: CrashId, part: string): string {
    return `${this.largeFolder(day)}${path.sep}${id}.${partKey(part)}`;
  }
}

/** Day, when a folder below `crashes` is named like one. */
export function dayOfFolder(name: string): string | null {
  return dayFolder.test(name) ? name : null;
}

/** A part's name as a piece of a file name and of a key. Part names are hostile: what is not plain is hashed. */
export function partKey(part: string): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$/.test(part)) return part;
  return `~${createHash('sha256').update(part).digest('hex')}`;
}
