import type { ProcessedCrash } from '@faultline/sdk';
import { walkedFrames } from '../top-frames.js';
import type { SeenCrash } from './sighting-store.js';

/** Frames whose modules and files say whose code it is. */
const framesForOwners = 10;

/** A processed crash, as far as first and last appearances of its signature go. */
export function seenCrash(crash: ProcessedCrash): SeenCrash {
  return {
    signature: crash.signature,
    product: textOf(crash['product']),
    version: textOf(crash['version']),
    build: textOf(crash['build']),
    date: crash.submitted_timestamp,
    modules: () => distinct(walkedFrames(crash['json_dump'], framesForOwners).map(({ module }) => module)),
    paths: () => distinct(walkedFrames(crash['json_dump'], framesForOwners).map(({ file }) => file)),
  };
}

function distinct(texts: string[]): string[] {
  return [...new Set(texts.map((text) => text.slice(0, 500)))].filter((text) => text !== '').slice(0, framesForOwners);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200) : '';
}
