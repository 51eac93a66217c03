import { open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Bytes, Milliseconds } from '@faultline/sdk';
import { asFaultlineError, FaultlineError, systemErrorCode } from '@faultline/sdk/errors';

/** pci.ids has some 1.5 MB. */
const sizeLimit: Bytes = 16 * 1024 * 1024;
const patience: Milliseconds = 60_000;

/**
 * The operator's copy of pci.ids: a file that somebody else keeps (a distribution's package), or an address that is
 * downloaded from into the plugin's own folder.
 */
export class PciIdsText {
  constructor(
    readonly source: string,
    /** Of the plugin; asked for when something is downloaded. */
    private readonly folder: () => string,
  ) {}

  get isDownloaded(): boolean {
    return /^https?:\/\//i.test(this.source);
  }

  /**
   * As it stands here; "" before the first download.
   * @throws Unavailable PCI_IDS_UNREADABLE
   */
  async read(): Promise<string> {
    try {
      const { size } = await stat(this.file);
      if (size > sizeLimit) throw new Error(`it has ${size} bytes; at most ${sizeLimit} are read`);
      return await readFile(this.file, 'utf8');
    } catch (error) {
      if (this.isDownloaded && systemErrorCode(error) === 'ENOENT') return '';
      throw unreadable(this.file, error);
    }
  }

  /** @throws Unavailable PCI_IDS_UNREADABLE */
  async download(signal: AbortSignal): Promise<string> {
    try {
      // One that leads elsewhere is not what was configured.
      const either = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
      const response = await fetch(this.source, { signal: either, redirect: 'manual' });
      if (response.status !== 200) throw new Error(`it answered ${response.status}`);
      const pieces: Uint8Array[] = [];
      let size = 0;
      for await (const piece of response.body ?? []) {
        size += piece.byteLength;
        if (size > sizeLimit) throw new Error(`it has more than ${sizeLimit} bytes`);
        pieces.push(piece);
      }
      return Buffer.concat(pieces).toString('utf8');
    } catch (error) {
      signal.throwIfAborted();
      throw unreadable(this.source, error);
    }
  }

  /** Replaces what was downloaded before, as a whole; an operator's own file is never written to. */
  async keep(text: string): Promise<void> {
    const draft = `${this.downloaded}.${process.pid}.tmp`;
    try {
      const handle = await open(draft, 'w', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, this.downloaded);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }

  private get file(): string {
    return this.isDownloaded ? this.downloaded : this.source;
  }

  private get downloaded(): string {
    return path.join(this.folder(), 'pci.ids');
  }
}

function unreadable(place: string, cause: unknown): FaultlineError {
  const { message } = asFaultlineError(cause);
  return new FaultlineError('Unavailable', 'PCI_IDS_UNREADABLE', `${place} can't be read: ${message}`, {
    hint: 'Set `rules.pciIds` to a file in the format of pci.ids, or to an address that gives one.',
  });
}
