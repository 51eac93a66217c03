import { contributionPoint } from './contribution.js';
import { token } from './token.js';
import type { UnixMillis } from './units.js';

/** `info` is told in the app alone; `warning` and `critical` also go out by the notifiers. */
export const noticeSeverities = ['info', 'warning', 'critical'] as const;
export type NoticeSeverity = (typeof noticeSeverities)[number];

/** Something that is wrong now and that an administrator should know: it is raised once, and cleared once. */
export interface NoticeCondition {
  /** What makes it the same condition: `sink-behind/search-local`. */
  key: string;
  severity: NoticeSeverity;
  /** A sentence: what is wrong, with numbers. No private data, no secrets. It may change while the condition holds. */
  text: string;
  /** What to do. */
  hint: string;
  /** Page of the app that shows more, with a slash at its beginning; "" for none. */
  link: string;
}

/** A condition with its times. */
export interface Notice extends NoticeCondition {
  /** Id of the plugin that raised it. */
  owner: string;
  raisedAt: UnixMillis;
  /** Null while it holds. */
  clearedAt: UnixMillis | null;
}

/** What a notifier is told. */
export interface NoticeMessage {
  /** The same for each attempt to deliver it: receivers may use it to drop repeats. */
  id: string;
  event: 'raised' | 'cleared' | 'reminder' | 'test';
  notice: Notice;
  /** Name of this installation: the host of its public address. */
  installation: string;
  /** Full address of the notice's page. */
  url: string;
}

/**
 * A way to tell administrators: mail, a webhook, a chat. `deliver` is called again with growing delays until it
 * resolves; a rejection that is not retryable (`FaultlineError.isRetryable`) is given up at once.
 */
export interface Notifier {
  /** `<plugin>/<name>`. */
  id: string;
  title: string;
  /** Where it goes, for people, without secrets: "https://hooks.example.org/…", "ops@example.org". */
  target: string;
  deliver(message: NoticeMessage, signal: AbortSignal): Promise<void>;
}
export const Notifier = contributionPoint<Notifier>('Notifier');

/**
 * Looks whether something is wrong that nobody is told by an event, as search-based alerts do: asked once a minute, in
 * one process, by the job `notices/look`.
 */
export interface NoticeSource {
  /** `<plugin>/<name>`. */
  id: string;
  /** What is wrong now; none while all is well. A rejection fails the job, and leaves what this source said before. */
  look(signal: AbortSignal): Promise<NoticeCondition[]>;
}
export const NoticeSource = contributionPoint<NoticeSource>('NoticeSource');

/** Where plugins say what is wrong. */
export interface NoticeBoard {
  /**
   * The conditions of an owner that hold now, all of them: new ones are raised, those that are missing are cleared,
   * others stay with their time. Calling it again with the same list does nothing.
   */
  hold(owner: string, conditions: readonly NoticeCondition[]): Promise<void>;
  /** Those that hold now, newest first. */
  open(): Promise<Notice[]>;
}
export const NoticeBoard = token<NoticeBoard>('core.noticeBoard');
