/**
 * Events and questions between the plugins of one process: what `Bus.emit`, `on`, `request` and `respond` mean when
 * no network is between. Both buses that live in one process stand on it.
 */
import type { Disposer } from './contribution.js';
import { asFaultlineError, FaultlineError } from './errors.js';
import type { MaybePromise, Milliseconds } from './units.js';

interface Listener {
  pattern: string[];
  group: string | undefined;
  hear(data: unknown, subject: string): MaybePromise<void>;
}

/** `*` stands for one part of a subject, `>` for one or more at its end. */
function matchesSubject(pattern: readonly string[], subject: readonly string[]): boolean {
  for (const [index, part] of pattern.entries()) {
    if (part === '>') return subject.length > index;
    if (index >= subject.length || (part !== '*' && part !== subject[index])) return false;
  }
  return pattern.length === subject.length;
}

export class LocalEvents {
  private readonly listeners = new Set<Listener>();
  private readonly responders = new Map<string, ((data: unknown) => MaybePromise<unknown>)[]>();
  private readonly groupTurns = new Map<string, number>();
  private readonly inHand = new Set<Promise<void>>();
  private readonly stopped = new AbortController();

  /** @param onListenerError a listener threw; it goes on hearing */
  constructor(private readonly onListenerError: (error: unknown, subject: string) => void) {}

  /** Listeners hear a copy, after the caller's turn: as over a network, nobody can change another's data. */
  emit(subject: string, data: unknown): void {
    if (this.stopped.signal.aborted) return;
    const text = JSON.stringify(data);
    for (const listener of this.hearers(subject)) {
      const heard = Promise.resolve()
        .then(() => listener.hear(JSON.parse(text), subject))
        .catch((error: unknown) => this.onListenerError(error, subject))
        .finally(() => this.inHand.delete(heard));
      this.inHand.add(heard);
    }
  }

  on<T>(pattern: string, hear: (data: T, subject: string) => MaybePromise<void>, group?: string): Disposer {
    // What arrives has been through JSON, as over a network; its type is the word of the subject's owner.
    const listener: Listener = {
      pattern: pattern.split('.'),
      group,
      hear: (data, subject) => hear(data as T, subject),
    };
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  async request<Answer>(subject: string, data: unknown, timeout: Milliseconds): Promise<Answer> {
    const answer = this.responders.get(subject)?.[0];
    if (answer === undefined || this.stopped.signal.aborted) {
      throw new FaultlineError('Unavailable', 'BUS_NO_RESPONDER', `Nobody answers "${subject}".`);
    }
    const text = JSON.stringify(data);
    const result = await withTimeout(
      Promise.resolve()
        .then(() => answer(JSON.parse(text)))
        .catch((error: unknown) => Promise.reject(asFaultlineError(error))),
      timeout,
      () => new FaultlineError('Timeout', 'BUS_REQUEST_TIMEOUT', `"${subject}" was not answered in ${timeout} ms.`),
    );
    return JSON.parse(JSON.stringify(result ?? null)) as Answer;
  }

  respond<Question>(subject: string, answer: (data: Question) => MaybePromise<unknown>): Disposer {
    const responder = (data: unknown) => answer(data as Question);
    this.responders.set(subject, [...(this.responders.get(subject) ?? []), responder]);
    return () => {
      const rest = (this.responders.get(subject) ?? []).filter((other) => other !== responder);
      if (rest.length === 0) this.responders.delete(subject);
      else this.responders.set(subject, rest);
    };
  }

  /** No event is heard after it; waits for listeners that are at work. */
  async close(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.inHand);
    this.listeners.clear();
    this.responders.clear();
  }

  private hearers(subject: string): Listener[] {
    const parts = subject.split('.');
    const matching = [...this.listeners].filter((listener) => matchesSubject(listener.pattern, parts));
    const groups = new Map<string, Listener[]>();
    const hearers: Listener[] = [];
    for (const listener of matching) {
      if (listener.group === undefined) hearers.push(listener);
      else groups.set(listener.group, [...(groups.get(listener.group) ?? []), listener]);
    }
    for (const [group, members] of groups) {
      const turn = this.groupTurns.get(group) ?? 0;
      this.groupTurns.set(group, turn + 1);
      const chosen = members[turn % members.length];
      if (chosen !== undefined) hearers.push(chosen);
    }
    return hearers;
  }
}

function withTimeout<T>(promise: Promise<T>, timeout: Milliseconds, timedOut: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(timedOut()), timeout);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
