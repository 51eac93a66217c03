import { defineAsyncComponent, type AsyncComponentLoader } from 'vue';
import type { Panel } from './panel.js';

/** The product's own tabs of a report. They stand in the same registry as those of plugins. */
export const productPanels: readonly Panel[] = [
  tab('stack', 'Stack', 10, () => import('../report/StackTab.vue')),
  tab('annotations', 'Annotations', 20, () => import('../report/AnnotationsTab.vue')),
  tab('modules', 'Modules', 30, () => import('../report/ModulesTab.vue')),
  tab('raw', 'Raw', 900, () => import('../report/RawTab.vue')),
  tab('processing', 'Processing', 910, () => import('../report/ProcessingTab.vue')),
];

function tab(key: string, title: string, order: number, load: AsyncComponentLoader): Panel {
  return {
    key,
    title,
    slot: 'report.tab',
    order,
    whenField: '',
    plugin: '',
    component: defineAsyncComponent({ loader: load, suspensible: false }),
  };
}
