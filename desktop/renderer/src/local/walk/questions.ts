import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import type { Failure } from './walk-messages.js';

/** Names of questions with the types of asking and answering. */
type Questionnaire = Record<string, { ask: unknown; answer: unknown }>;

interface Question {
  kind: 'ask';
  id: number;
  name: string;
  ask: unknown;
}
interface Answer {
  kind: 'answer';
  id: number;
  value?: unknown;
  failure?: Failure;
}

/** One side of a conversation in which both may ask. */
export class Questions<Asked extends Questionnaire> {
  private readonly waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  private last = 0;

  constructor(private readonly post: (message: Question | Answer) => void) {}

  ask<Name extends keyof Asked & string>(name: Name, ask: Asked[Name]['ask']): Promise<Asked[Name]['answer']> {
    const id = ++this.last;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: (value) => resolve(value as Asked[Name]['answer']), reject });
      this.post({ kind: 'ask', id, name, ask });
    });
  }

  /** Takes the other side's answer to a question of this one. */
  take({ id, value, failure }: Omit<Answer, 'kind'>): void {
    const asked = this.waiting.get(id);
    this.waiting.delete(id);
    if (failure === undefined) asked?.resolve(value);
    else asked?.reject(new FaultlineError('Internal', failure.code, failure.message, { hint: failure.hint }));
  }

  /** Answers a question of the other side. */
  reply(id: number, work: Promise<unknown>): void {
    work.then(
      (value) => this.post({ kind: 'answer', id, value }),
      (error: unknown) => this.post({ kind: 'answer', id, failure: failureOf(error) }),
    );
  }

  /** The other side is gone. */
  end(): void {
    const error = new FaultlineError('Unavailable', 'WALK_ENDED', 'This dump is closed.');
    for (const asked of this.waiting.values()) asked.reject(error);
    this.waiting.clear();
  }
}

/** Any error in a form that can be posted and shown. */
export function failureOf(error: unknown): Failure {
  const { code, message, hint } = asFaultlineError(error, 'LOCAL_WALK_FAILED');
  return { code, message, hint: hint ?? '' };
}
