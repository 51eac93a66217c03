/** Where messages of a page arrive: who sent them, how large they are and what they hold is checked here, once. */
import { asFaultlineError, FaultlineError } from '@faultline/sdk/errors';
import type { AppAnswer } from '../shared/channels.js';
import type { AppQuestions } from '../shared/ipc.js';
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

/** Of all messages but one that saves a text, which has a bound of its own. */
const largestMessage = 1 << 20;

/** Answers a message; what is refused or fails is an answer too, and never an exception. */
export async function answerAsk(handlers: Handlers, sender: Sender, name: unknown, ask: unknown): Promise<AppAnswer> {
  try {
    checkSender(sender);
    const asked = knownName(handlers, name);
    if (asked !== 'files.save' && sizeOf(ask, largestMessage) > largestMessage) {
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

/** Roughly the bytes of plain data; stops counting beyond the limit. */
function sizeOf(value: unknown, limit: number): number {
  let size = 0;
  const waiting: unknown[] = [value];
  while (waiting.length > 0 && size <= limit) {
    const next = waiting.pop();
    if (typeof next === 'string') size += next.length * 2;
    else if (next instanceof ArrayBuffer || ArrayBuffer.isView(next)) size += next.byteLength;
    else if (typeof next === 'object' && next !== null) {
      for (const [key, inner] of Object.entries(next)) {
        size += key.length + 8;
        waiting.push(inner);
      }
    } else size += 8;
  }
  return size;
}
