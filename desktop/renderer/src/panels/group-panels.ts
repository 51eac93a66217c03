import { defineAsyncComponent, type AsyncComponentLoader } from 'vue';
import { t } from '../i18n/i18n.js';
import type { Panel } from './panel.js';

/** The product's own panels of a group; those of plugins stand in the same slot. */
export const groupPanels: readonly Panel[] = [
  panel('trend', 'group.panel.trend', 10, true, () => import('../group/TrendPanel.vue')),
  panel('where', 'group.panel.where', 20, true, () => import('../group/WherePanel.vue')),
  panel('unusual', 'group.panel.unusual', 30, true, () => import('../group/UnusualHere.vue')),
  panel('aggregate', 'group.panel.aggregate', 40, true, () => import('../group/AggregatePanel.vue')),
  panel('frames', 'group.panel.frames', 50, false, () => import('../group/FramesPanel.vue')),
  panel('notes', 'group.panel.notes', 60, false, () => import('../group/NotesPanel.vue')),
  panel('history', 'group.panel.history', 70, false, () => import('../group/HistoryPanel.vue')),
  panel('why', 'group.panel.why', 80, false, () => import('../group/WhyPanel.vue')),
  panel('stacks', 'group.panel.stacks', 90, true, () => import('../group/StacksPanel.vue')),
  panel('related', 'group.panel.related', 100, true, () => import('../group/RelatedGroups.vue')),
  panel('comments', 'group.panel.comments', 110, true, () => import('../group/CommentsPanel.vue')),
];

function panel(key: string, title: string, order: number, isWide: boolean, load: AsyncComponentLoader): Panel {
  return {
    key,
    get title() {
      return t(title);
    },
    slot: 'group.panel',
    order,
    whenField: '',
    isWide,
    plugin: '',
    component: defineAsyncComponent({ loader: load, suspensible: false }),
  };
}
