/** The program of the index's thread: one index, which answers calls, several at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Logger } from '@faultline/sdk';
import { dispatch, type IndexAnswer } from '../index-calls.js';
import { LocalIndex } from '../local-index.js';
import { Turns } from '../query/turns.js';
import { lowerOwnPriority } from './own-priority.js';
import { sentAnswer } from './sent-answer.js';
import { sentError, type FromThread, type LogLevel, type ThreadStart, type ToThread } from './thread-messages.js';

const port = parentPort;
if (port === null) throw new Error('The index worker runs in a thread.');
const send = (message: FromThread): void => port.postMessage(message);
const start = workerData as ThreadStart;
lowerOwnPriority(sendingLogger());
const running = new Map<number, AbortController>();

const opening = LocalIndex.open({ ...start, logger: sendingLogger(), onDamage: () => send({ kind: 'damage' }) });
// Whoever calls hears of it.
opening.catch(() => undefined);

port.on('message', (message: ToThread) => {
  if (message.kind === 'cancel') running.get(message.id)?.abort();
  else if (message.kind === 'call') void answer(message);
  else void close();
});

async function answer({ id, call, request }: Extract<ToThread, { kind: 'call' }>): Promise<void> {
  const stop = new AbortController();
  running.set(id, stop);
  try {
    const index = await opening;
    const answer = await dispatch(index, call, request, stop.signal);
    if (call !== 'search') send({ kind: 'answer', id, answer });
    else send({ kind: 'found', id, found: await sentAnswer(answer as IndexAnswer, new Turns(stop.signal)) });
  } catch (error) {
    send({ kind: 'failure', id, error: sentError(error) });
  } finally {
    running.delete(id);
  }
}

async function close(): Promise<void> {
  try {
    await (await opening).close();
    send({ kind: 'closed', error: null });
  } catch (error) {
    send({ kind: 'closed', error: sentError(error) });
  }
  port?.close();
}

function sendingLogger(): Logger {
  const at =
    (level: LogLevel): Logger[LogLevel] =>
    (...entry: [object, string] | [string]) => {
      const [first, second] = entry;
      const fields = typeof first === 'string' ? {} : sendable(first);
      send({ kind: 'log', level, fields, message: typeof first === 'string' ? first : (second ?? '') });
    };
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}

function sendable(fields: object): Record<string, unknown> {
  const entries = Object.entries(fields).map(([key, value]): [string, unknown] => [
    key,
    value instanceof Error ? sentError(value) : value,
  ]);
  return Object.fromEntries(entries);
}
