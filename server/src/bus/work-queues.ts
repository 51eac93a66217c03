/**
 * Durable work in bus.mdb. The file is a cache of the stores' pending marks, so it is never synced: what the kernel
 * was given survives a killed process, and after another boot of the machine the file is thrown away unread and the
 * reconciler fills it anew. A write is therefore a few microseconds, and every operation is one synchronous
 * transaction: nothing can come in between.
 *
 * A delivery is counted before the message is handed out, so that work which kills the process is counted too.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'lmdb';
import type { Database, RootDatabase } from 'lmdb';
import type { Clock, Logger, Milliseconds, QueueStatus } from '@faultline/sdk';
import { dedupeWindow } from '@faultline/sdk/bus';

export interface NewMessage {
  subject: string;
  id: string;
  /** JSON. */
  text: string;
}

/** A message as it is kept; times are of the monotonic clock. */
export interface StoredMessage {
  subject: string;
  sequence: number;
  id: string;
  /** JSON. */
  text: string;
  deliveries: number;
  since: Milliseconds;
  /** Not delivered before; of one in hand, when its ack wait ends. */
  due: Milliseconds;
}

/** Of one subject. */
type Counts = Pick<QueueStatus, 'depth' | 'inHand' | 'redelivered'>;

type MessageKey = [subject: string, sequence: number];

interface Tables {
  messages: Database<StoredMessage, MessageKey>;
  /** `[subject, due, sequence]`, no value: waiting and in hand alike. */
  byDue: Database<Uint8Array, [string, Milliseconds, number]>;
  inHand: Database<Uint8Array, MessageKey>;
  redelivered: Database<Uint8Array, MessageKey>;
  seen: Database<Milliseconds, string>;
  seenByTime: Database<Uint8Array, [Milliseconds, string]>;
}

const nothing = new Uint8Array(0);
const last = Number.MAX_SAFE_INTEGER;
/** Old message ids forgotten for each that is published. */
const forgottenFor = 16;

export class WorkQueues {
  private readonly root: RootDatabase;
  private readonly tables: Tables;
  private sequence: number;
  /**
   * Counted when they are first asked for, and kept from then on: counting a million messages takes a second of the
   * thread that answers posts, and who asks, asks every few seconds.
   */
  private readonly counts = new Map<string, Counts>();

  /** @param options.bootId changes with each boot of the machine; the clock's monotonic time counts from there */
  constructor(private readonly options: { file: string; clock: Clock; logger: Logger; bootId: string }) {
    if (forgetOtherBoot(options.file, options.bootId)) {
      options.logger.info('The machine was started anew: the queues are filled from the pending marks');
    }
    this.root = open({ path: options.file, noSync: true, noSubdir: true, maxDbs: 16 });
    this.tables = openTables(this.root);
    this.sequence = this.highestSequence();
    this.write(() => this.takeBackAll());
  }

  /** For each whether it is new: false when its id was seen within the window. */
  publish(messages: readonly NewMessage[]): boolean[] {
    const now = this.options.clock.monotonic();
    return this.write(() => {
      this.forget(now, forgottenFor * messages.length);
      return messages.map((message) => this.add(message, now));
    });
  }

  /** Counts a delivery of each and gives it until `ackWait` from now. */
  take(subject: string, max: number, ackWait: Milliseconds): StoredMessage[] {
    const now = this.options.clock.monotonic();
    if (max <= 0 || this.nextDue(subject) > now) return [];
    return this.write(() => {
      const keys = [...this.tables.byDue.getKeys({ start: [subject, 0, 0], end: [subject, now, last], limit: max })];
      return keys.map(([, , sequence]) => {
        const message = this.require(subject, sequence);
        return this.reschedule(message, { ...message, deliveries: message.deliveries + 1, due: now + ackWait }, true);
      });
    });
  }

  /** Ends a message; false when this delivery is no longer the one that counts. */
  end(delivered: StoredMessage): boolean {
    return this.write(() => {
      const message = this.current(delivered);
      if (message === null) return false;
      const key: MessageKey = [message.subject, message.sequence];
      void this.tables.byDue.remove([message.subject, message.due, message.sequence]);
      void this.tables.messages.remove(key);
      void this.tables.inHand.remove(key);
      void this.tables.redelivered.remove(key);
      this.tally(message.subject, { depth: -1, inHand: -1, redelivered: message.deliveries > 1 ? -1 : 0 });
      return true;
    });
  }

  /** Sets when a message in hand comes again. */
  postpone(delivered: StoredMessage, delay: Milliseconds, isStillInHand: boolean): void {
    this.write(() => {
      const message = this.current(delivered);
      if (message === null) return;
      this.reschedule(message, { ...message, due: this.options.clock.monotonic() + delay }, isStillInHand);
    });
  }

  /** When the next message of a subject may be delivered; Infinity when there is none. */
  nextDue(subject: string): Milliseconds {
    const [key] = this.tables.byDue.getKeys({ start: [subject, 0, 0], end: [subject, last, last], limit: 1 });
    return key?.[1] ?? Infinity;
  }

  status(subject: string): QueueStatus {
    const [oldest] = this.tables.messages.getRange({ ...allOf(subject), limit: 1 });
    return {
      subject,
      ...this.countsOf(subject),
      oldest: oldest === undefined ? null : this.options.clock.monotonic() - oldest.value.since,
    };
  }

  /** Throws when the file can't be written. */
  check(): void {
    this.tables.seen.putSync('health/check', this.options.clock.monotonic());
  }

  async close(): Promise<void> {
    await this.root.close();
  }

  /** All of it or, when it throws, nothing. */
  private write<T>(action: () => T): T {
    try {
      return this.root.transactionSync(action);
    } catch (error) {
      this.counts.clear();
      throw error;
    }
  }

  private countsOf(subject: string): Readonly<Counts> {
    const known = this.counts.get(subject);
    if (known !== undefined) return known;
    const { messages, inHand, redelivered } = this.tables;
    const all = allOf(subject);
    const counts = {
      depth: messages.getKeysCount(all),
      inHand: inHand.getKeysCount(all),
      redelivered: redelivered.getKeysCount(all),
    };
    this.counts.set(subject, counts);
    return counts;
  }

  private tally(subject: string, change: Counts): void {
    const counts = this.counts.get(subject);
    if (counts === undefined) return;
    counts.depth += change.depth;
    counts.inHand += change.inHand;
    counts.redelivered += change.redelivered;
  }

  private reschedule(old: StoredMessage, message: StoredMessage, isInHand: boolean): StoredMessage {
    const key: MessageKey = [message.subject, message.sequence];
    const wasInHand = this.tables.inHand.doesExist(key);
    void this.tables.byDue.remove([old.subject, old.due, old.sequence]);
    void this.tables.byDue.put([message.subject, message.due, message.sequence], nothing);
    void this.tables.messages.put(key, message);
    if (isInHand) void this.tables.inHand.put(key, nothing);
    else void this.tables.inHand.remove(key);
    if (message.deliveries > 1) void this.tables.redelivered.put(key, nothing);
    this.tally(message.subject, {
      depth: 0,
      inHand: Number(isInHand) - Number(wasInHand),
      redelivered: Number(message.deliveries > 1) - Number(old.deliveries > 1),
    });
    return message;
  }

  /** Who holds a delivery that was given to another meanwhile has no say any more. */
  private current(delivered: StoredMessage): StoredMessage | null {
    const key: MessageKey = [delivered.subject, delivered.sequence];
    const message = this.tables.messages.get(key);
    const isMine = message?.deliveries === delivered.deliveries && this.tables.inHand.doesExist(key);
    return isMine ? message : null;
  }

  private require(subject: string, sequence: number): StoredMessage {
    const message = this.tables.messages.get([subject, sequence]);
    if (message === undefined) throw new Error(`Message ${sequence} of ${subject} is listed but not there`);
    return message;
  }

  private add({ subject, id, text }: NewMessage, now: Milliseconds): boolean {
    const { messages, byDue, seen, seenByTime } = this.tables;
    const seenAt = seen.get(id);
    if (seenAt !== undefined && now - seenAt < dedupeWindow) return false;
    if (seenAt !== undefined) void seenByTime.remove([seenAt, id]);
    void seen.put(id, now);
    void seenByTime.put([now, id], nothing);
    const sequence = ++this.sequence;
    void messages.put([subject, sequence], { subject, sequence, id, text, deliveries: 0, since: now, due: now });
    void byDue.put([subject, now, sequence], nothing);
    this.tally(subject, { depth: 1, inHand: 0, redelivered: 0 });
    return true;
  }

  private forget(now: Milliseconds, limit: number): void {
    const { seen, seenByTime } = this.tables;
    const old = [...seenByTime.getKeys({ end: [now - dedupeWindow, ''], limit })];
    for (const [time, id] of old) {
      void seenByTime.remove([time, id]);
      void seen.remove(id);
    }
  }

  private highestSequence(): number {
    const { messages } = this.tables;
    let highest = 0;
    let after: MessageKey | undefined;
    for (;;) {
      const [first] = messages.getKeys(after === undefined ? { limit: 1 } : { start: after, limit: 1 });
      if (first === undefined) return highest;
      after = [first[0], last];
      const [newest] = messages.getKeys({ start: after, end: first, reverse: true, limit: 1, inclusiveEnd: true });
      highest = Math.max(highest, newest?.[1] ?? 0);
    }
  }

  /** What was in hand when the process ended comes again at once. */
  private takeBackAll(): void {
    const now = this.options.clock.monotonic();
    for (const [subject, sequence] of [...this.tables.inHand.getKeys({})]) {
      const message = this.require(subject, sequence);
      this.reschedule(message, { ...message, due: now }, false);
    }
  }
}

function allOf(subject: string): { start: MessageKey; end: MessageKey } {
  return { start: [subject, 0], end: [subject, last] };
}

function openTables(root: RootDatabase): Tables {
  return {
    messages: root.openDB('messages', { encoding: 'json' }),
    byDue: root.openDB('by-due', { encoding: 'binary' }),
    inHand: root.openDB('in-hand', { encoding: 'binary' }),
    redelivered: root.openDB('redelivered', { encoding: 'binary' }),
    seen: root.openDB('seen', { encoding: 'json' }),
    seenByTime: root.openDB('seen-by-time', { encoding: 'binary' }),
  };
}

/** True when there was a file of another boot, which may be torn: it is removed without being opened. */
function forgetOtherBoot(file: string, bootId: string): boolean {
  const bootFile = `${file}-boot`;
  if (existsSync(bootFile) && readFileSync(bootFile, 'utf8') === bootId) return false;
  const hadOther = existsSync(file);
  for (const name of [file, `${file}-lock`]) rmSync(name, { force: true });
  writeFileSync(bootFile, bootId);
  return hadOther;
}
