import { z } from 'zod';
import type { AppQuestions } from '../shared/ipc.js';
import { appWords } from './app-words.js';

/** The bridge gives at most this much of a file at once. */
const largestRead = 8 << 20;
/** A report or a JSON that the page saves. */
const largestText = 256 << 20;

const handle = z.string().regex(/^[0-9a-f-]{36}$/);
const id = z.string().min(1).max(100);
const nothing = z.null();

/** What each question may carry; anything else is refused before its handler is called. */
export const askShapes: { [Name in keyof AppQuestions]: z.ZodType<AppQuestions[Name]['ask']> } = {
  'app.state': nothing,
  'app.commands': z
    .array(
      z.strictObject({
        id: z.string().max(100),
        title: z.string().max(200),
        section: z.string().max(100),
        accelerator: z.string().max(50),
      }),
    )
    .max(500),
  'app.words': appWords,
  'app.notify': z.strictObject({ isOn: z.boolean() }),
  'files.waiting': nothing,
  'files.choose': z.strictObject({ what: z.enum(['files', 'folder']) }),
  'files.read': z.strictObject({
    handle,
    offset: z.number().int().nonnegative(),
    length: z.number().int().nonnegative().max(largestRead),
  }),
  'files.close': z.strictObject({ handle }),
  'files.recent': nothing,
  'files.reopen': z.strictObject({ id }),
  'files.save': z.strictObject({ name: z.string().min(1).max(255), text: z.string().max(largestText) }),
  'symbols.addFolder': nothing,
  'symbols.removeFolder': z.strictObject({ id }),
  'symbols.addServer': z.strictObject({ url: z.string().max(2000) }),
  'symbols.removeServer': z.strictObject({ id }),
  'symbols.find': z.strictObject({
    codeFile: z.string().max(4096),
    debugFile: z.string().max(4096),
    debugId: z.string().max(100),
  }),
  'profiles.save': z.strictObject({
    id: id.nullable(),
    name: z.string().min(1).max(100),
    url: z.string().max(2000),
    token: z.string().max(200).nullable(),
  }),
  'profiles.remove': z.strictObject({ id }),
  'profiles.choose': z.strictObject({ id }),
  'ownServer.start': nothing,
  'ownServer.stop': nothing,
};
