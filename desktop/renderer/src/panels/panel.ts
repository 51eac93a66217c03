import type { Component } from 'vue';

/** What a screen hands to the product's own components of a slot. */
export type OwnProperties = Readonly<Record<string, unknown>>;

interface PanelFacts {
  /** Unique, stable: part of the address of a tab. */
  key: string;
  title: string;
  slot: string;
  order: number;
  /** Shown only when the subject has this field; "" always. */
  whenField: string;
  /** Asks more of what the product's own component would get than that the subject has one field. */
  when?: (own: OwnProperties) => boolean;
  /** Takes the whole width where panels stand beside each other. */
  isWide?: boolean;
}

/** A part of a screen: the product's own is a component, a plugin's the address of a module. */
export type Panel =
  | (PanelFacts & { plugin: string; module: string; component?: undefined })
  | (PanelFacts & { plugin: ''; component: Component; module?: undefined });
