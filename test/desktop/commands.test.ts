// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import {
  allCommands,
  handleKey,
  shownKeys,
  useCommands,
  type PageCommand,
} from '../../desktop/renderer/src/shell/commands.js';

const scopes: EffectScope[] = [];
const ran: string[] = [];

function offer(...commands: Partial<PageCommand>[]): EffectScope {
  const scope = effectScope();
  scope.run(() =>
    useCommands(
      commands.map((command) => ({
        id: command.keys?.[0] ?? 'x',
        title: 't',
        section: 'This page' as const,
        run: (key: string) => ran.push(`${command.keys?.[0] ?? ''}:${key}`),
        ...command,
      })),
    ),
  );
  scopes.push(scope);
  return scope;
}

function press(key: string, options: { at?: number; in?: HTMLElement; ctrl?: boolean } = {}): KeyboardEvent {
  const event = new KeyboardEvent('keydown', { key, ctrlKey: options.ctrl ?? false, bubbles: true, cancelable: true });
  const target = options.in ?? document.body;
  target.addEventListener('keydown', (heard) => handleKey(heard, options.at ?? 0), { once: true });
  target.dispatchEvent(event);
  return event;
}

afterEach(() => {
  for (const scope of scopes.splice(0)) scope.stop();
  ran.length = 0;
  document.body.replaceChildren();
});

describe('the keyboard', () => {
  it('runs a command by its key, and one of two keys pressed soon after each other', () => {
    offer({ keys: ['j'] }, { keys: ['g i'] });
    expect(press('j').defaultPrevented).toBe(true);
    press('g', { at: 0 });
    press('i', { at: 500 });
    press('g', { at: 1000 });
    press('i', { at: 9000 });
    expect(ran).toEqual(['j:j', 'g i:i']);
  });

  it('leaves typing alone, except with Ctrl', () => {
    offer({ keys: ['j'] }, { keys: ['mod+k'] });
    const input = document.body.appendChild(document.createElement('input'));
    expect(press('j', { in: input }).defaultPrevented).toBe(false);
    press('k', { in: input, ctrl: true });
    expect(ran).toEqual(['mod+k:mod+k']);
  });

  it('leaves the keys to an open dialog', () => {
    offer({ keys: ['j'] });
    document.body.appendChild(document.createElement('dialog')).setAttribute('open', '');
    press('j');
    expect(ran).toEqual([]);
  });

  it('forgets commands with the screen that offered them', () => {
    const scope = offer({ keys: ['j'] });
    expect(allCommands()).toHaveLength(1);
    scope.stop();
    press('j');
    expect([allCommands().length, ran.length]).toEqual([0, 0]);
  });

  it('shows a long row of keys by its ends', () => {
    expect(shownKeys(['1', '2', '3', '4'])).toEqual({ caps: [['1'], ['4']], joint: 'to' });
    expect(shownKeys(['j', 'ArrowDown'])).toEqual({ caps: [['j'], ['↓']], joint: 'or' });
  });
});
