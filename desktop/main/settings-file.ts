import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { appWords } from './app-words.js';

const Settings = z.object({
  profiles: z
    .array(
      z.object({
        id: z.string(),
        name: z.string(),
        url: z.string(),
        /** Encrypted by the system's safe storage, base64; "" for none. */
        token: z.string().default(''),
      }),
    )
    .default([]),
  /** Id of the profile in use; "" for none. */
  chosen: z.string().default(''),
  symbolFolders: z.array(z.object({ id: z.string(), path: z.string() })).default([]),
  symbolServers: z.array(z.object({ id: z.string(), url: z.string() })).default([]),
  recent: z.array(z.object({ id: z.string(), name: z.string(), path: z.string(), openedAt: z.number() })).default([]),
  /** Of the language that the page last had. */
  words: appWords.default(appWords.parse({})),
  notifies: z.boolean().default(true),
  /** The server of this computer is started with the app. */
  keepsCrashes: z.boolean().default(false),
  /** Where new versions of the app are looked for; "" for nowhere. */
  updateUrl: z.string().default(''),
  window: z
    .object({
      x: z.number().optional(),
      y: z.number().optional(),
      width: z.number(),
      height: z.number(),
      isMaximized: z.boolean(),
      /** Path and query of the page that was open. */
      place: z.string(),
    })
    .optional(),
});
export type Settings = z.output<typeof Settings>;

/** What the app remembers, in one file of the user's folder. */
export class SettingsFile {
  private current: Settings;

  constructor(private readonly file: string) {
    this.current = read(file);
  }

  get values(): Readonly<Settings> {
    return this.current;
  }

  /** Writes at once, under another name first: a crash leaves the old or the new file, never half of one. */
  change(change: Partial<Settings>): void {
    this.current = { ...this.current, ...change };
    mkdirSync(path.dirname(this.file), { recursive: true });
    const temporary = `${this.file}.${process.pid}.new`;
    writeFileSync(temporary, JSON.stringify(this.current, null, 2), { mode: 0o600 });
    renameSync(temporary, this.file);
  }
}

/** A file that is missing or damaged costs the settings, not the app. */
function read(file: string): Settings {
  try {
    return Settings.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return Settings.parse({});
  }
}
