import type { Component } from 'vue';

interface PanelFacts {
  /** Unique, stable: part of the address of a tab. */
  key: string;
  title: string;
  slot: string;
  order: number;
  /** Shown only when the subject has this field; "" always. */
  whenField: string;
  /** Asks more of the subject than that it has one field. */
  when?: (fields: Record<string, unknown>) => boolean;
  /** Takes the whole width where panels stand beside each other. */
  isWide?: boolean;
}

/** A part of a screen: the product's own is a component, a plugin's the address of a module. */
export type Panel =
  | (PanelFacts & { plugin: string; module: string; component?: undefined })
  | (PanelFacts & { plugin: ''; component: Component; module?: undefined });
