import { setTimeout as wait } from 'node:timers/promises';
import { definePlugin, HttpRoute } from '@faultline/sdk';
import { startTestHost, type TestPlugin } from '@faultline/server/testing';
import { expect, it } from 'vitest';

it('a request in hand is answered before the plugins stop; new connections are refused', async () => {
  const order: string[] = [];
  let enter = (): void => {};
  const entered = new Promise<void>((resolve) => (enter = resolve));
  const slow: TestPlugin = {
    manifest: { id: 'slow', contributes: { HttpRoute: [{ id: 'slow/answer' }] } },
    definition: definePlugin({
      activate(context) {
        context.onStop(() => void order.push('plugin stopped'));
        context.contribute(HttpRoute, {
          id: 'slow/answer',
          method: 'GET',
          path: 'answer',
          summary: '',
          access: 'open',
          async handle() {
            enter();
            await wait(150);
            order.push('answered');
            return { body: { isDone: true } };
          },
        });
      },
    }),
  };
  const host = await startTestHost({ plugins: [slow] });
  const answer = host.fetch('/api/v1/plugins/slow/answer');
  await entered;
  const stopped = host.stop();
  await expect(fetch(`${host.url}/__lbheartbeat__`)).rejects.toThrow();
  expect(await (await answer).json()).toEqual({ isDone: true });
  await stopped;
  expect(order).toEqual(['answered', 'plugin stopped']);
});
