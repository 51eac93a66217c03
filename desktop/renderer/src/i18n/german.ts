import { gatherTexts, type Texts } from './gather-texts.js';

/** German, loaded when chosen. */
export const german = gatherTexts(import.meta.glob<Texts>('../*/texts.de.json', { eager: true, import: 'default' }));
