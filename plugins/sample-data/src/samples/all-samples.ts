import { kettleCrashes } from './kettle.js';
import { notesCrashes } from './notes.js';
import { paintCrashes } from './paint.js';
import type { SampleCrash } from './sample.js';

/** Eight crashes of three made-up programs. */
export const allSamples: readonly SampleCrash[] = [...paintCrashes, ...notesCrashes, ...kettleCrashes];
