/**
 * The mappings as the rule reads them, in the rules' thread: plain files, opened, read and closed within one call, so
 * that nothing is left open when the thread is ended. Found mappings are kept; what is not there is looked for again.
 */
import { closeSync, openSync, readFileSync, readSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { nullWhenAbsent } from '@faultline/sdk/errors';
import { parseClassMapping, type ClassMapping } from '../retrace/class-mapping.js';
import type { ClassLookup } from '../retrace/retrace-frame.js';
import type { ClassPlace } from '../store/mapping-index.js';
import { idFile, mappingFolder, versionFile, type MappingVersion } from '../store/mapping-paths.js';

const mostOpen = 4;
const mostClassesKept = 5_000;
const markEvery = 60_000;

export class MappingFiles {
  private readonly open = new Map<string, OpenMapping>();

  constructor(private readonly root: string) {}

  byId(id: string): OpenMapping | null {
    return this.named(idFile(this.root, id));
  }

  /** Of the build, else of the whole version. */
  byVersion(version: MappingVersion): OpenMapping | null {
    return this.named(versionFile(this.root, version)) ?? this.named(versionFile(this.root, { ...version, build: '' }));
  }

  private named(file: string): OpenMapping | null {
    const id = readText(file);
    if (id === null) return null;
    const folder = mappingFolder(this.root, id);
    const index = path.join(folder, 'classes.json');
    const stat = statSync(index, { throwIfNoEntry: false });
    if (stat === undefined) {
      this.open.delete(id);
      return null;
    }
    markUsed(index, stat);
    const known = this.open.get(id);
    if (known !== undefined) return known;
    const mapping = new OpenMapping(id, folder, JSON.parse(readFileSync(index, 'utf8')) as ClassPlace[]);
    const [oldest] = this.open.keys();
    if (this.open.size >= mostOpen && oldest !== undefined) this.open.delete(oldest);
    this.open.set(id, mapping);
    return mapping;
  }
}

export class OpenMapping implements ClassLookup {
  private readonly places = new Map<string, ClassPlace>();
  private readonly obfuscated = new Map<string, string>();
  private readonly classes = new Map<string, ClassMapping | null>();

  constructor(
    readonly id: string,
    private readonly folder: string,
    places: readonly ClassPlace[],
  ) {
    for (const place of places) {
      this.places.set(place[0], place);
      this.obfuscated.set(place[1], place[0]);
    }
  }

  byObfuscated(name: string): ClassMapping | null {
    const known = this.classes.get(name);
    if (known !== undefined) return known;
    const place = this.places.get(name);
    if (place === undefined) return null;
    if (this.classes.size >= mostClassesKept) this.classes.clear();
    const mapping = parseClassMapping(readRange(path.join(this.folder, 'mapping.txt'), place[2], place[3]));
    this.classes.set(name, mapping);
    return mapping;
  }

  byOriginal(name: string): ClassMapping | null {
    const obfuscated = this.obfuscated.get(name);
    return obfuscated === undefined ? null : this.byObfuscated(obfuscated);
  }
}

function readRange(file: string, offset: number, length: number): string {
  const open = openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(length);
    let done = 0;
    while (done < length) {
      const count = readSync(open, bytes, done, length - done, offset + done);
      if (count === 0) break;
      done += count;
    }
    return bytes.toString('utf8', 0, done);
  } finally {
    closeSync(open);
  }
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return nullWhenAbsent(error);
  }
}

function markUsed(file: string, { atimeMs, mtimeMs }: { atimeMs: number; mtimeMs: number }): void {
  if (Date.now() - atimeMs < markEvery) return;
  try {
    utimesSync(file, Date.now() / 1000, mtimeMs / 1000);
  } catch {
    // A folder that may only be read serves as well.
  }
}
