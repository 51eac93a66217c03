import { mainDumpName } from '@faultline/sdk/raw-crash';
import { MalformedReport } from '../malformed-report.js';

/** Longer names are cut. */
const lengthLimit = 30;

/** Names that Socorro's storage layout uses for other things. */
const reserved: ReadonlySet<string> = new Set(['dump_names', 'processed_crash', 'raw_crash']);

/**
 * The name under which a binary part is kept: letters, digits and underscore, at most 30 characters.
 * "../../etc/passwd" becomes "etcpasswd"; nothing left means the main dump. Throws `invalid_dump_name` for a name
 * that Socorro reserves.
 */
export function sanitisePartName(name: string): string {
  const clean = name.replace(/[^A-Za-z0-9_]/g, '').slice(0, lengthLimit);
  if (reserved.has(clean)) throw new MalformedReport('invalid_dump_name');
  return clean === '' ? mainDumpName : clean;
}
