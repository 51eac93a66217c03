import { describe, expect, it } from 'vitest';
import { menuTemplate } from '../../../desktop/main/app-menu.js';
import { appWords } from '../../../desktop/main/app-words.js';
import { CrashLoop } from '../../../desktop/main/crash-loop.js';
import { GroupNotices } from '../../../desktop/main/group-notices.js';
import { filesOfArguments, linkOfArguments, parseLink } from '../../../desktop/main/links.js';
import { readServerEvents, type ServerEvent } from '../../../desktop/main/server-events.js';
import { placeOf, restoredBounds } from '../../../desktop/main/window-place.js';

const id = '3f2a9c10-5b6d-4e7f-8a9b-0c1d2e261122';

describe('faultline:// links', () => {
  it('name a screen, and maybe a server', () => {
    expect(parseLink(`faultline://report/${id}`)).toEqual({ server: '', place: `/report/${id}` });
    expect(parseLink(`faultline://open/group?signature=a%20b&server=https%3A%2F%2Fx.example.org%2F`)).toEqual({
      server: 'https://x.example.org/',
      place: '/group?signature=a+b',
    });
    expect(linkOfArguments(['/opt/app', '--flag', 'faultline://inbox'])).toEqual({ server: '', place: '/inbox' });
  });

  it('open nothing else', () => {
    for (const link of [
      'https://report/x',
      'faultline://sign-in#code=abc',
      'faultline://settings/users',
      'faultline://open/../../etc/passwd',
      'faultline://inbox?server=file%3A%2F%2F%2Fetc',
      'faultline://reportx/1',
      `faultline://search?q=${'x'.repeat(5000)}`,
      'not a link',
    ]) {
      expect(parseLink(link), link).toBeNull();
    }
  });

  it('are told from files', () => {
    const words = ['app', '--x.dmp', '/tmp/a.dmp', 'faultline://inbox', 'b.SYM', '/opt/app'];
    expect(filesOfArguments(words, '/home/jane')).toEqual(['/tmp/a.dmp', '/home/jane/b.SYM']);
  });

  it('are told from the addresses of files that file managers give', () => {
    const words = ['app', 'file:///home/jane/my%20crash.dmp', 'https://example.org/x.dmp', 'file://elsewhere/x.dmp'];
    expect(filesOfArguments(words, '/')).toEqual(['/home/jane/my crash.dmp']);
  });
});

describe('notifications', () => {
  const now = 1_000_000_000;
  function notices(firstSeen: number | null) {
    let asked = 0;
    const decide = new GroupNotices({
      firstSeen: () => {
        asked += 1;
        return Promise.resolve(firstSeen);
      },
      now: () => now,
    });
    return { decide, asked: () => asked };
  }
  const processed: ServerEvent = { event: 'crash.processed', data: { signature: 'a | b' } };

  it('tell of a group that is new, once', async () => {
    const { decide, asked } = notices(now - 1000);
    expect(await decide.noticeOf(processed)).toMatchObject({ kind: 'new', place: '/group?signature=a%20%7C%20b' });
    expect(await decide.noticeOf(processed)).toBeNull();
    expect(asked()).toBe(1);
  });

  it('keep silent of what is old, unknown or not a crash', async () => {
    expect(await notices(now - 3_600_000).decide.noticeOf(processed)).toBeNull();
    expect(await notices(null).decide.noticeOf(processed)).toBeNull();
    expect(await notices(now).decide.noticeOf({ event: 'job.finished', data: { signature: 'x' } })).toBeNull();
    expect(
      await notices(now).decide.noticeOf({ event: 'group.changed', data: { signature: 'x', what: 'note' } }),
    ).toBeNull();
  });

  it('tell of a group that came back, and stop at five a minute', async () => {
    const { decide } = notices(null);
    const back = (signature: string) =>
      decide.noticeOf({ event: 'group.changed', data: { signature, what: 'regress' } });
    const told = [];
    for (const signature of ['1', '2', '3', '4', '5', '6', '7']) told.push(await back(signature));
    expect(told.map((one) => one?.kind ?? null)).toEqual([...Array<string>(5).fill('regressed'), null, null]);
  });

  it('come from a stream that is opened again when it is cut', async () => {
    const heard: string[] = [];
    const stop = new AbortController();
    const answers = [
      'event: hello\ndata: {}\n\nevent: a\ndata: {"n":1}\n\neve',
      ': comment\n\nevent: b\ndata: {"n":2}\n\n',
    ];
    await readServerEvents({
      open: () => {
        const text = answers.shift();
        if (text !== undefined) return Promise.resolve(new Response(text));
        stop.abort();
        return Promise.reject(new Error('gone'));
      },
      hear: ({ event, data }) => heard.push(`${event} ${JSON.stringify(data)}`),
      signal: stop.signal,
      wait: () => Promise.resolve(),
    });
    expect(heard).toEqual(['hello {}', 'a {"n":1}', 'b {"n":2}']);
  });
});

describe('a window that crashes', () => {
  it('is loaded again, but not for ever', () => {
    let time = 0;
    const loop = new CrashLoop(() => time);
    expect([1, 2, 3, 4].map(() => loop.mayReload())).toEqual([true, true, true, false]);
    time += 61_000;
    expect(loop.mayReload()).toBe(true);
  });
});

describe('the window', () => {
  const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
  const saved = { x: 100, y: 50, width: 1200, height: 800, isMaximized: false, place: '/' };

  it('comes back where it stood, if a screen is still there', () => {
    expect(restoredBounds(saved, screens)).toEqual({ x: 100, y: 50, width: 1200, height: 800 });
    expect(restoredBounds({ ...saved, x: 4000 }, screens)).toEqual({ width: 1200, height: 800 });
    expect(restoredBounds({ ...saved, width: 20, height: 10 }, screens)).toMatchObject({ width: 760, height: 480 });
    expect(restoredBounds(undefined, screens)).toEqual({ width: 1360, height: 880 });
  });

  it('opens the place it had, but no sign-in and no dumps that are gone', () => {
    expect(placeOf('app://faultline/search?q=a')).toBe('/search?q=a');
    expect(placeOf('app://faultline/local?dump=3&tab=memory')).toBe('/local');
    expect(placeOf('app://faultline/sign-in#code=x')).toBe('/');
    expect(placeOf('https://example.org/')).toBe('/');
  });

  it('has a menu of the page’s commands, which leaves the keys to the page', () => {
    const ran: string[] = [];
    const command = { id: 'go.inbox', title: 'R&D inbox', section: 'Go to', accelerator: 'CmdOrCtrl+K' };
    const actions = { run: (id: string) => ran.push(id), openFiles: () => undefined, openPlace: () => undefined };
    const words = { ...appWords.parse({}), file: 'Datei' };
    const section = menuTemplate({ commands: [command], words, platform: 'linux' }, actions).find(
      ({ label }) => label === 'Go to',
    );
    const [item] = section?.submenu as Electron.MenuItemConstructorOptions[];
    expect(item).toMatchObject({ label: 'R&&D inbox', registerAccelerator: false });
    (item?.click as () => void)();
    expect(ran).toEqual(['go.inbox']);
    const menu = menuTemplate({ commands: [command], words, platform: 'linux' }, actions);
    expect(menu.map(({ label }) => label)).toEqual(['Datei', 'Edit', 'Go to', 'Window']);
  });
});
