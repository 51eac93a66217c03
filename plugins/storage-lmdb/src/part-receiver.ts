/** Receives parts in front processes, which never open the store itself: `CrashStorage.partReceiver` names this module. */
import path from 'node:path';
import type { Bytes, JsonValue, PartReceiver } from '@faultline/sdk';
import { GatheringBuffers } from './gathering-buffers.js';
import { IncomingPart } from './incoming-part.js';

export interface PartReceiverOptions {
  /** Where large parts arrive. */
  folder: string;
  /** What the names of files begin with that belong to the server. */
  prefix: string;
  largePart: Bytes;
}

export function createPartReceiver(given: JsonValue): PartReceiver {
  const { folder, prefix, largePart } = given as JsonValue & PartReceiverOptions;
  const buffers = new GatheringBuffers();
  let count = 0;
  return {
    open(part) {
      const file = path.join(folder, `${prefix}${process.pid}-${count++}`);
      return new IncomingPart(part, { file, folder, largePart, buffers });
    },
  };
}
