import { describe, expect, it } from 'vitest';
import { FaultlineError } from '@faultline/sdk/errors';
import { answerAsk, type Handlers, type Sender } from '../../../desktop/main/ipc-edge.js';

const page: Sender = { url: 'app://faultline/local', isMainFrame: true, window: 1 };
const handle = '00000000-0000-4000-8000-000000000000';
const asked: unknown[] = [];
const handlers = new Proxy({} as Handlers, {
  get: (_, name) => (ask: unknown) => {
    asked.push([name, ask]);
    if (name === 'files.recent')
      throw new FaultlineError('NotFound', 'NOT_THERE', 'It is gone.', { hint: 'Look again.' });
    return null;
  },
  getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: null }),
});

async function codeOf(sender: Sender, name: unknown, ask: unknown): Promise<string> {
  asked.length = 0;
  const answer = await answerAsk(handlers, sender, name, ask);
  return 'failure' in answer ? answer.failure.code : 'answered';
}

describe('the edge of the app', () => {
  it('answers its own page, and no other frame', async () => {
    expect(await codeOf(page, 'app.state', null)).toBe('answered');
    const foreign = ['https://example.org/', 'app://other/', 'app://faultline.example.org/', 'file:///etc/passwd', ''];
    for (const url of foreign) expect(await codeOf({ ...page, url }, 'app.state', null), url).toBe('FOREIGN_FRAME');
    expect(await codeOf({ ...page, isMainFrame: false }, 'app.state', null)).toBe('FOREIGN_FRAME');
    expect(asked).toEqual([]);
  });

  it('refuses what is not as expected before a handler sees it', async () => {
    const read = (change: object) => codeOf(page, 'files.read', { handle, offset: 0, length: 10, ...change });
    expect(await read({})).toBe('answered');
    expect(await read({ length: 2 ** 30 })).toBe('MESSAGE_MALFORMED');
    expect(await read({ offset: -1 })).toBe('MESSAGE_MALFORMED');
    expect(await read({ handle: '../../etc/passwd' })).toBe('MESSAGE_MALFORMED');
    expect(await read({ path: '/etc/passwd' })).toBe('MESSAGE_MALFORMED');
    expect(await codeOf(page, 'files.choose', { what: '/etc' })).toBe('MESSAGE_MALFORMED');
    expect(await codeOf(page, 'app.state', { more: 1 })).toBe('MESSAGE_MALFORMED');
    expect(asked).toEqual([]);
  });

  it('refuses messages without bounds', async () => {
    const long = { codeFile: 'x'.repeat(3 << 20), debugFile: '', debugId: '' };
    expect(await codeOf(page, 'symbols.find', long)).toBe('MESSAGE_TOO_LARGE');
    expect(await codeOf(page, 'app.commands', new Uint8Array(4 << 20))).toBe('MESSAGE_TOO_LARGE');
    expect(asked).toEqual([]);
  });

  it('gives a failure as plain data, with its hint', async () => {
    const answer = await answerAsk(handlers, page, 'files.recent', null);
    expect(answer).toEqual({ failure: { code: 'NOT_THERE', message: 'It is gone.', hint: 'Look again.' } });
    const none = await answerAsk({} as Handlers, page, 'constructor', null);
    expect(none).toMatchObject({ failure: { code: 'MESSAGE_UNKNOWN' } });
  });
});
