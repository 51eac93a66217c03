import type { Disposer, Logger, RuleSettings } from '@faultline/sdk';
import type { PciIdsText } from './pci-ids-text.js';

/** Settings of the rules of this plugin: the whole text, since rules open no files. */
export class PciIdsSettings implements RuleSettings {
  readonly id = 'rules';
  #text = '';
  readonly #listeners = new Set<() => void>();

  current(): { pciIds: string } {
    return { pciIds: this.#text };
  }

  onChange(listener: () => void): Disposer {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reads it anew. One that can't be read is named, and the names known so far stay. */
  async refresh(ids: Pick<PciIdsText, 'read'>, logger: Pick<Logger, 'warn'>): Promise<void> {
    try {
      const text = await ids.read();
      if (text === this.#text) return;
      this.#text = text;
    } catch (error) {
      logger.warn({ error: String(error) }, 'Graphics adapters get no new names');
      return;
    }
    for (const listener of this.#listeners) listener();
  }
}
