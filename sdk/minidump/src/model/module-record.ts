import type { ModuleIdentity } from '@faultline/sdk/module-symbols';
import type { AbsoluteAddress, Bytes } from '@faultline/sdk/units';

/** One loaded module, in dump order. Strings are hostile. */
export interface ModuleRecord extends ModuleIdentity {
  /** Position in the dump's module list. */
  index: number;
  base: AbsoluteAddress;
  size: Bytes;
  /** Dotted version from VS_FIXEDFILEINFO; null when the dump has none. */
  version: string | null;
  timestamp: number;
  checksum: number;
}

/** One module that had been unloaded before the crash. */
export interface UnloadedModuleRecord {
  base: AbsoluteAddress;
  size: Bytes;
  name: string;
  /** PE form: timestamp and size of image, lower-case hex. */
  codeId: string;
  timestamp: number;
  checksum: number;
}
