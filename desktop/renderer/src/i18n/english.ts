import { gatherTexts, type Texts } from './gather-texts.js';

/** English, complete: what every other language falls back to. */
export const english = gatherTexts(import.meta.glob<Texts>('../*/texts.en.json', { eager: true, import: 'default' }));
