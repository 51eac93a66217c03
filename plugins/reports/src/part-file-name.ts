import type { CrashId } from '@faultline/sdk';
import { mainDumpName } from '@faultline/sdk/raw-crash';

/** Under which name a browser saves a part: of our own making, since clients' file names are hostile. */
export function partFileName(id: CrashId, part: string): string {
  if (part === mainDumpName) return `${id}.dmp`;
  const name = part.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100);
  return part.startsWith(mainDumpName) ? `${id}-${name}.dmp` : `${id}-${name}`;
}
