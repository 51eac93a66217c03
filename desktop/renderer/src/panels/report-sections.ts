import type { Panel } from './panel.js';

/** Tabs of a report that stand there only with data. */
export const reportSections: readonly Panel[] = [];
