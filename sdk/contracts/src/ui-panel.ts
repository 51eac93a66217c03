/**
 * Panels of the screens. Static facts stand in the manifest, so that the page can lay out without running code:
 *
 *     "contributes": { "UiPanel": [{ "id": "hello/greeting", "title": "Greeting", "slot": "report.tab", "module": "ui/greeting.js" }] }
 *
 * The module is served from the plugin's folder and imported by the page when the panel is shown. It has no bare
 * imports: Vue and the API client come through `ctx`.
 */

/** Where a panel may stand. */
export const panelSlots = ['report.tab', 'report.side', 'group.panel', 'inbox.side', 'home'] as const;
export type PanelSlot = (typeof panelSlots)[number];

/** What the host hands to a panel. */
export interface PanelContext {
  /** The host's own Vue, the whole module. */
  vue: unknown;
  /** Calls the server: paths below `/api/v1/`; rejects with `{code, message, hint}`. */
  api: { get(path: string): Promise<unknown>; post(path: string, body: unknown): Promise<unknown> };
  /** What the slot is about: `{ crashId, processed, raw }` in report slots, `{ signature }` in group slots. */
  subject: Record<string, unknown>;
  /** Opens a view by its path, e.g. `/report/<crash id>`. */
  navigate(path: string): void;
  signal: AbortSignal;
}

/** What a panel's module exports. */
export interface PanelModule {
  /** Fills `element`; the returned function takes everything away again. */
  mount(element: unknown, context: PanelContext): (() => void) | Promise<() => void>;
}
