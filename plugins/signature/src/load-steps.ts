import type { SignatureStepModule } from '@faultline/sdk';
import type { SignatureRule } from '@faultline/signature';
import type { LoadedStep } from './signer.js';

/** Imports the plugins' steps. One that can't be loaded notes so in every signature, and the others are used. */
export async function loadSteps(modules: readonly SignatureStepModule[]): Promise<LoadedStep[]> {
  const loaded: LoadedStep[] = [];
  for (const { id, module, after, products } of modules) {
    const place = { ...(after === undefined ? {} : { after }), ...(products === undefined ? {} : { products }) };
    for (const rule of await importRules(id, module)) loaded.push({ ...place, rule });
  }
  return loaded;
}

async function importRules(id: string, module: string): Promise<SignatureRule[]> {
  try {
    // What a module of somebody else exports is anybody's guess until it was looked at.
    const { default: exported } = (await import(/* @vite-ignore */ module)) as { default?: unknown };
    const rules: unknown[] = Array.isArray(exported) ? exported : [exported];
    if (rules.every(isRule)) return rules;
    return [failedRule(id, 'its default export is no signature rule')];
  } catch (error) {
    return [failedRule(id, error instanceof Error ? error.name : 'it threw')];
  }
}

function isRule(value: unknown): value is SignatureRule {
  if (typeof value !== 'object' || value === null) return false;
  const { name, applies, apply } = value as Partial<SignatureRule>;
  return typeof name === 'string' && typeof applies === 'function' && typeof apply === 'function';
}

function failedRule(id: string, reason: string): SignatureRule {
  return {
    name: id,
    title: 'A step that could not be loaded.',
    applies: () => true,
    apply: () => ({ notes: [`could not be loaded: ${reason}`] }),
  };
}
