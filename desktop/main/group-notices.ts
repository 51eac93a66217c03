import type { ServerEvent } from './server-events.js';

/** What a notification says, and where a click on it leads. */
export interface GroupNotice {
  kind: 'new' | 'regressed';
  signature: string;
  place: string;
}

/** A group that began this long ago is news still. */
const newFor = 10 * 60_000;
const mostKnown = 10_000;
/** A release that breaks everywhere must not fill the screen: beyond this many in a minute there is silence. */
const mostPerMinute = 5;

export interface GroupNoticeOptions {
  /** When a group was first seen, by its signature; null when the server has no such group. */
  firstSeen(signature: string): Promise<number | null>;
  now(): number;
}

/** Decides which events are worth a notification: a group that is new, and one that came back. */
export class GroupNotices {
  private readonly known = new Set<string>();
  private shown: number[] = [];

  constructor(private readonly options: GroupNoticeOptions) {}

  async noticeOf({ event, data }: ServerEvent): Promise<GroupNotice | null> {
    const signature = typeof data['signature'] === 'string' ? data['signature'] : '';
    if (signature === '') return null;
    if (event === 'group.changed') return data['what'] === 'regress' ? this.notice('regressed', signature) : null;
    if (event !== 'crash.processed' || this.known.has(signature)) return null;
    if (this.known.size >= mostKnown) this.known.clear();
    this.known.add(signature);
    const firstSeen = await this.options.firstSeen(signature);
    const isNew = firstSeen !== null && this.options.now() - firstSeen < newFor;
    return isNew ? this.notice('new', signature) : null;
  }

  private notice(kind: GroupNotice['kind'], signature: string): GroupNotice | null {
    const now = this.options.now();
    this.shown = this.shown.filter((at) => now - at < 60_000);
    if (this.shown.length >= mostPerMinute) return null;
    this.shown.push(now);
    return { kind, signature, place: `/group?signature=${encodeURIComponent(signature)}` };
  }
}
