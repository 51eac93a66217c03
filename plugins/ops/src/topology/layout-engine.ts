import type { LayoutEngine } from '@faultline/sdk/topology';

type EngineClass = new () => LayoutEngine;

/** ELK, loaded with the first drawing. Its module is CommonJS: what its default is depends on who loads it. */
export async function layoutEngine(): Promise<LayoutEngine> {
  const loaded: { default: EngineClass | { default: EngineClass } } = await import('elkjs/lib/elk.bundled.js');
  const Engine = typeof loaded.default === 'function' ? loaded.default : loaded.default.default;
  return new Engine();
}
