/** Where messages of a page arrive: who sent them, how large they are and what they hold is checked here, once. */
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import type { AppAnswer } from '../shared/channels.js';
import type { AppQuestions } from '../shared/ipc.js';
import { isTooLarge } from '../shared/message-size.js';
import { askShapes } from './ipc-shapes.js';

/** The page that sent a message, as Electron tells it. */
export interface Sender {
  /** Of the frame, not of the window: an embedded frame has another. */
  url: string;
  isMainFrame: boolean;
  /** Opaque number of the window. */
  window: number;
}

export type Handlers = {
  [Name in keyof AppQuestions]: (
    ask: AppQuestions[Name]['ask'],
    sender: Sender,
  ) => Promise<AppQuestions[Name]['answer']> | AppQuestions[Name]['answer'];
};

/** Answers a message; what is refused or fails is an answer too, and never an exception. */
export async function answerAsk(handlers: Handlers, sender: Sender, name: unknown, ask: unknown): Promise<AppAnswer> {
  try {
    checkSender(sender);
    const asked = knownName(handlers, name);
    if (isTooLarge(asked, ask)) {
      throw new FaultlineError('TooLarge', 'MESSAGE_TOO_LARGE', `A message "${asked}" is larger than allowed.`);
    }
    return { value: await dispatch(handlers, asked, ask, sender) };
  } catch (error) {
    const { code, message, hint } = asFaultlineError(error, 'APP_FAILED');
    return { failure: { code, message, hint: hint ?? '' } };
  }
}

async function dispatch<Name extends keyof AppQuestions>(
  handlers: Handlers,
  name: Name,
  ask: unknown,
  sender: Sender,
): Promise<AppQuestions[Name]['answer']> {
  const parsed = askShapes[name].safeParse(ask);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = [name, ...(issue?.path ?? [])].join('.');
    throw new FaultlineError('Malformed', 'MESSAGE_MALFORMED', `${place}: ${issue?.message ?? 'not as expected'}.`);
  }
  return handlers[name](parsed.data, sender);
}

function checkSender({ url, isMainFrame }: Sender): void {
  if (isMainFrame && url.startsWith('app://faultline/')) return;
  throw new FaultlineError('PermissionDenied', 'FOREIGN_FRAME', 'Only a window of this app may ask for that.');
}

function knownName(handlers: Handlers, name: unknown): keyof AppQuestions {
  if (typeof name === 'string' && Object.hasOwn(handlers, name)) return name as keyof AppQuestions;
  throw new FaultlineError('NotFound', 'MESSAGE_UNKNOWN', 'The app has no such message.');
}
