/**
 * What the app's preload script gives to the page as `window.faultline`, and a browser does not have. No path of a file
 * crosses it but for show: files are handles that the main process gave for what a person chose.
 */
import type { AppEvents, AppQuestions } from './ipc.js';

export interface FaultlineBridge {
  /** Asks the main process; rejects with an Error whose message is for people. */
  ask<Name extends keyof AppQuestions>(
    name: Name,
    ask: AppQuestions[Name]['ask'],
  ): Promise<AppQuestions[Name]['answer']>;
  /** Hears what the main process tells; gives the end of hearing. */
  on<Name extends keyof AppEvents>(name: Name, hear: (told: AppEvents[Name]) => void): () => void;
}
