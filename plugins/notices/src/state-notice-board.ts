import type {
  Clock,
  ContributionList,
  Milliseconds,
  Notice,
  NoticeBoard,
  NoticeCondition,
  NoticeMessage,
  Notifier,
  StateKey,
  StateStore,
  UnixMillis,
} from '@faultline/sdk';
import {
  listState,
  mostPast,
  openKey,
  openPrefix,
  outPrefix,
  pastPrefix,
  type Delivery,
  type OpenNotice,
} from './notice-state.js';

export interface BoardParts {
  state: StateStore;
  clock: Clock;
  notifiers: ContributionList<Notifier>;
  /** See `NoticesConfig.after` and `.remind`, in milliseconds. */
  after: Milliseconds;
  remind: Milliseconds;
  publicUrl(): string;
}

/**
 * Conditions in the shared state. Each change of one is a compare-and-set, so that of several processes that tell the
 * same, one writes it and one lets the notifiers know.
 */
export class StateNoticeBoard implements NoticeBoard {
  /** What each owner said last: the same again costs nothing. */
  private readonly said = new Map<string, { text: string; at: UnixMillis }>();

  constructor(private readonly parts: BoardParts) {}

  async hold(owner: string, conditions: readonly NoticeCondition[]): Promise<void> {
    const { clock, state, after, remind } = this.parts;
    const now = clock.now();
    const text = JSON.stringify(conditions);
    const last = this.said.get(owner);
    // What waits to go out, or for its reminder, is looked at again; so is what another process may have changed.
    const lookAgain = Math.max(1000, Math.min(after === 0 ? 60_000 : after / 3, 60_000));
    if (last?.text === text && now - last.at < lookAgain && now >= last.at) return;
    this.said.set(owner, { text, at: now });
    const wanted = new Map(conditions.map((condition) => [condition.key, condition]));
    const prefix: StateKey = [...openPrefix, owner];
    for await (const { value, version } of state.range<OpenNotice>({ prefix })) {
      const condition = wanted.get(value.key);
      wanted.delete(value.key);
      if (condition === undefined) await this.clear(value, version, now);
      else await this.keep(value, version, condition, { now, after, remind });
    }
    for (const condition of wanted.values()) {
      const notice: OpenNotice = {
        ...condition,
        owner,
        raisedAt: now,
        clearedAt: null,
        toldAt: null,
        updatedAt: now,
      };
      const isOurs = await state.compareAndSet(openKey(owner, condition.key), 0, notice);
      if (isOurs !== null && after === 0) await this.keep(notice, isOurs, condition, { now, after, remind });
    }
  }

  async open(): Promise<Notice[]> {
    const open = await listState<OpenNotice>(this.parts.state, openPrefix);
    return open.map(plain).sort((a, b) => b.raisedAt - a.raisedAt);
  }

  /** Those that are over, newest first. */
  async past(): Promise<Notice[]> {
    const past = await listState<Notice>(this.parts.state, pastPrefix);
    return past.reverse();
  }

  /** A message about a notice that is none: for the test of a notifier. */
  testMessage(): NoticeMessage {
    const now = this.parts.clock.now();
    const text = 'This is a test: notices reach you here.';
    const condition = { key: 'test', severity: 'info', text, hint: 'Nothing is to be done.', link: '' } as const;
    return this.message('test', { ...condition, owner: 'notices', raisedAt: now, clearedAt: null });
  }

  private async keep(
    notice: OpenNotice,
    version: number,
    condition: NoticeCondition,
    { now, after, remind }: { now: UnixMillis; after: Milliseconds; remind: Milliseconds },
  ): Promise<void> {
    const { state } = this.parts;
    const goesOut = condition.severity !== 'info';
    const isDue = goesOut && notice.toldAt === null && now - notice.raisedAt >= after;
    const isReminder = goesOut && notice.toldAt !== null && remind > 0 && now - notice.toldAt >= remind;
    // Numbers in a text change all the time; once a minute is enough for who reads them.
    const isSame =
      notice.severity === condition.severity && (notice.text === condition.text || now - notice.updatedAt < 60_000);
    if (!isDue && !isReminder && isSame) return;
    const next: OpenNotice = {
      ...notice,
      ...condition,
      toldAt: isDue || isReminder ? now : notice.toldAt,
      updatedAt: now,
    };
    const written = await state.compareAndSet(openKey(notice.owner, notice.key), version, next);
    if (written === null || (!isDue && !isReminder)) return;
    await this.send(this.message(isDue ? 'raised' : 'reminder', plain(next)));
  }

  private async clear(notice: OpenNotice, version: number, now: UnixMillis): Promise<void> {
    const { state } = this.parts;
    if (!(await state.delete(openKey(notice.owner, notice.key), version))) return;
    const over = { ...plain(notice), clearedAt: now };
    await state.set([...pastPrefix, now, `${notice.owner}/${notice.key}`], over);
    await this.forgetOld();
    // Who was not told that it began need not hear that it is over.
    if (notice.toldAt !== null) await this.send(this.message('cleared', over));
  }

  private async forgetOld(): Promise<void> {
    const keys = [];
    for await (const { key } of this.parts.state.range({ prefix: pastPrefix })) keys.push(key);
    for (const key of keys.slice(0, Math.max(0, keys.length - mostPast))) await this.parts.state.delete(key);
  }

  private async send(message: NoticeMessage): Promise<void> {
    const { state, clock, notifiers } = this.parts;
    const now = clock.now();
    for (const { value } of notifiers.all()) {
      const delivery: Delivery = { notifier: value.id, message, attempts: 0, due: now, since: now };
      await state.set([...outPrefix, value.id, now, message.id], delivery);
    }
  }

  private message(event: NoticeMessage['event'], notice: Notice): NoticeMessage {
    const { clock, publicUrl } = this.parts;
    const url = new URL(publicUrl());
    const id = `${notice.raisedAt}-${event}-${clock.now()}-${notice.key.replaceAll(/[^A-Za-z0-9-]+/g, '-').slice(0, 80)}`;
    const page = notice.link === '' ? '' : `${publicUrl()}${notice.link}`;
    return { id, event, notice, installation: url.host, url: page };
  }
}

function plain({ key, owner, severity, text, hint, link, raisedAt, clearedAt }: Notice): Notice {
  return { key, owner, severity, text, hint, link, raisedAt, clearedAt };
}
