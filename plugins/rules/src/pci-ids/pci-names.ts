/**
 * Names by PCI ids, from a text in the format of pci.ids (https://pci-ids.ucw.cz): vendors at the start of a line,
 * their devices below, each after a tab; subsystems after two tabs; classes at the end, after `C `.
 */
export class PciNames {
  readonly #vendors = new Map<string, string>();
  /** By vendor and device: `10de1c03`. */
  readonly #devices = new Map<string, string>();

  constructor(text: string) {
    let vendor = '';
    for (const line of text.split('\n')) {
      const [, tabs, id, name] = /^(\t?)([0-9a-f]{4})\s{2}(.+?)\s*$/.exec(line) ?? [];
      if (id === undefined || name === undefined) {
        // Classes begin with a letter and end the vendors.
        if (/^[A-Z] /.test(line)) vendor = '';
        continue;
      }
      if (tabs === '') {
        vendor = id;
        this.#vendors.set(id, name);
      } else if (vendor !== '') this.#devices.set(vendor + id, name);
    }
  }

  get vendors(): number {
    return this.#vendors.size;
  }

  get devices(): number {
    return this.#devices.size;
  }

  vendor(id: string): string | null {
    return this.#vendors.get(id) ?? null;
  }

  device(vendor: string, id: string): string | null {
    return this.#devices.get(vendor + id) ?? null;
  }
}
