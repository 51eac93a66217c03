import { z } from 'zod';
import type { AppWords } from '../shared/ipc.js';

const word = (english: string) => z.string().min(1).max(100).default(english);

/** What the app says itself: English until a page told its own language, which is kept for the next start. */
export const appWords: z.ZodType<AppWords, Partial<AppWords>> = z.strictObject({
  file: word('File'),
  openDump: word('Open a dump…'),
  servers: word('Servers and this app…'),
  close: word('Close window'),
  quit: word('Quit'),
  edit: word('Edit'),
  undo: word('Undo'),
  redo: word('Redo'),
  cut: word('Cut'),
  copy: word('Copy'),
  paste: word('Paste'),
  selectAll: word('Select all'),
  window: word('Window'),
  minimize: word('Minimize'),
  zoomIn: word('Larger'),
  zoomOut: word('Smaller'),
  resetZoom: word('Actual size'),
  fullScreen: word('Full screen'),
  newGroup: word('A new crash group'),
  pageCrashes: word('The window crashed several times in a row.'),
  loadAgain: word('Load it again'),
  groupBack: word('A crash group is back'),
});
