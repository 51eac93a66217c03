/** Gives the page its one bridge. Runs sandboxed: of Electron it has these two modules and nothing else. */
import { contextBridge, ipcRenderer } from 'electron';
import type { FaultlineBridge } from '../shared/bridge.js';
import { askChannel, tellChannel, type AppAnswer, type AppTold } from '../shared/channels.js';
import { isTooLarge } from '../shared/message-size.js';

const bridge: FaultlineBridge = {
  async ask(name, ask) {
    // So much would be copied twice before the main process could say no.
    if (isTooLarge(name, ask)) throw new Error(`A message "${name}" is larger than allowed. (MESSAGE_TOO_LARGE)`);
    const answer = (await ipcRenderer.invoke(askChannel, name, ask)) as AppAnswer;
    if ('failure' in answer) {
      const { code, message, hint } = answer.failure;
      throw new Error([`${message} ${hint}`.trim(), `(${code})`].join(' '));
    }
    return answer.value as never;
  },
  on(name, hear) {
    const listener = (_: unknown, told: AppTold): void => {
      if (told.name === name) hear(told.value as never);
    };
    ipcRenderer.on(tellChannel, listener);
    return () => void ipcRenderer.off(tellChannel, listener);
  },
};

contextBridge.exposeInMainWorld('faultline', bridge);
