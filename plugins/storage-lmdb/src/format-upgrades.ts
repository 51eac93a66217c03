/**
 * Formats of a data folder, and what leads from each to the next. A format is added when an older program must not
 * work on what this one writes, or when something stored has to be written otherwise. A data folder of each released
 * version is a fixture (`test/fixtures/data-folders`).
 */
import type { DataLayout } from './data-layout.js';
import type { Environment } from './environment.js';
import type { StateTables } from './state-tables.js';

export interface FormatUpgrade {
  to: number;
  title: string;
  /** May be cut off and run again. Absent where tables are only added: those are made when the folder is opened. */
  convert?(folder: { layout: DataLayout; state: Environment<StateTables> }): Promise<void>;
}

/** In order, without gaps. */
export const upgrades: readonly FormatUpgrade[] = [
  // Format 1: version 0.1.0. It knows no tombstones, and would bring erased crashes back.
  { to: 2, title: 'erased ids, purged days, generations that several processes follow' },
];

/** What this program writes. */
export const dataFormat = upgrades.at(-1)?.to ?? 1;

/** Programs that write an older format than this must not open the folder. */
export const oldestReader = 2;
