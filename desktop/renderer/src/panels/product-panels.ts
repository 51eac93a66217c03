import { defineAsyncComponent, type AsyncComponentLoader } from 'vue';
import { t } from '../i18n/i18n.js';
import type { Panel } from './panel.js';

/** The product's own tabs of a report. They stand in the same registry as those of plugins. */
export const productPanels: readonly Panel[] = [
  tab('stack', 'panels.productPanels.stack', 10, () => import('../report/StackTab.vue')),
  tab('annotations', 'panels.productPanels.annotations', 20, () => import('../report/AnnotationsTab.vue')),
  tab('modules', 'panels.productPanels.modules', 30, () => import('../report/ModulesTab.vue')),
  tab('raw', 'panels.productPanels.raw', 900, () => import('../report/RawTab.vue')),
  tab('processing', 'panels.productPanels.processing', 910, () => import('../report/ProcessingTab.vue')),
];

function tab(key: string, title: string, order: number, load: AsyncComponentLoader): Panel {
  return {
    key,
    get title() {
      return t(title);
    },
    slot: 'report.tab',
    order,
    whenField: '',
    plugin: '',
    component: defineAsyncComponent({ loader: load, suspensible: false }),
  };
}
