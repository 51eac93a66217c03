/**
 * The program of the frame in which the desktop app shows a server's panel: sandboxed, with an origin of its own, no
 * bridge and no network. It mounts the panel's module and passes its calls on to the page.
 */
import '@fontsource-variable/inter';
import '@fontsource-variable/jetbrains-mono';
import '../../styles/tokens.css';
import '../../styles/base.css';
import './frame.css';
import type { PanelContext, PanelModule } from '@faultline/sdk';
import * as vue from 'vue';
import type { FromFrame, PanelLook, PanelStart, ToFrame } from './panel-messages.js';

addEventListener('message', start, { once: true });

function start({ data, ports: [port] }: MessageEvent<PanelStart>): void {
  if (port === undefined) return;
  const post = (message: FromFrame): void => port.postMessage(message);
  const calls = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let last = 0;
  port.addEventListener('message', ({ data: told }: MessageEvent<ToFrame>) => {
    if (told.kind === 'look') return wear(told.look);
    const call = calls.get(told.id);
    calls.delete(told.id);
    if (told.kind === 'answer') call?.resolve(told.value);
    else call?.reject(Object.assign(new Error(told.error.message), told.error));
  });
  port.start();
  wear(data.look);
  const call = (method: 'GET' | 'POST', path: string, body: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      last += 1;
      calls.set(last, { resolve, reject });
      post({ kind: 'call', id: last, method, path, body });
    });
  const context: PanelContext = {
    vue,
    api: { get: (path) => call('GET', path, null), post: (path, body) => call('POST', path, body) },
    subject: data.subject,
    navigate: (path) => post({ kind: 'navigate', path }),
    // The frame ends with its panel.
    signal: new AbortController().signal,
  };
  new ResizeObserver(() => post({ kind: 'height', height: document.body.getBoundingClientRect().height })).observe(
    document.body,
  );
  mount(data.module, context).then(
    () => post({ kind: 'shown' }),
    (error: unknown) => post({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
  );
}

async function mount(address: string, context: PanelContext): Promise<void> {
  const module = (await import(/* @vite-ignore */ address)) as Partial<PanelModule>;
  if (typeof module.mount !== 'function') throw new TypeError('Its module exports no function “mount”.');
  const host = document.createElement('div');
  document.body.replaceChildren(host);
  await module.mount(host, context);
}

function wear({ theme, density, language }: PanelLook): void {
  const root = document.documentElement;
  root.dataset['theme'] = theme;
  root.dataset['density'] = density;
  root.lang = language;
}
