import type { PanelList } from '@faultline/sdk/api';
import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import { useApi } from '../api/current-api.js';
import { groupPanels } from '../panels/group-panels.js';
import { productPanels } from '../panels/product-panels.js';
import { reportSections } from '../panels/report-sections.js';
import type { OwnProperties, Panel } from '../panels/panel.js';
import { useNotices } from './notices.js';

const ownPanels = [...productPanels, ...reportSections, ...groupPanels];

/** All panels: the product's own and those of plugins, through the same registry. */
export const usePanels = defineStore('panels', () => {
  const api = useApi();
  const panels = shallowRef<Panel[]>(ownPanels);
  let loading: Promise<void> | null = null;

  function load(): Promise<void> {
    loading ??= api
      .panels()
      .then((answer) => {
        panels.value = [...ownPanels, ...answer.panels.map(pluginPanel)];
      })
      .catch((error: unknown) => {
        loading = null;
        useNotices().fail(error);
      });
    return loading;
  }

  /**
   * Panels of one place, in order.
   * @param fields of the subject; null where it has none
   * @param own what the product's own components get
   */
  function inSlot(slot: string, fields: Record<string, unknown> | null, own: OwnProperties = {}): Panel[] {
    return panels.value
      .filter((panel) => panel.slot === slot)
      .filter((panel) => panel.whenField === '' || (fields !== null && fields[panel.whenField] != null))
      .filter((panel) => panel.when === undefined || panel.when(own))
      .sort((a, b) => a.order - b.order || a.title.localeCompare(b.title));
  }

  return { panels, load, inSlot };
});

function pluginPanel(panel: PanelList['panels'][number]): Panel {
  return {
    key: `${panel.plugin}/${panel.id}`,
    plugin: panel.plugin,
    title: panel.title,
    slot: panel.slot,
    order: panel.order,
    whenField: panel.whenField ?? '',
    module: panel.module,
  };
}
