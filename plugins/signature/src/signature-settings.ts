import type { JsonValue, SignatureStepModule } from '@faultline/sdk';
import type { SignatureListTexts } from '@faultline/signature';
import type { ListsInForce } from './lists/operator-lists.js';

/** What the rules' thread gets: plain data. */
export interface SignatureSettings {
  texts: SignatureListTexts;
  origins: ListsInForce['origins'];
  rules: ListsInForce['rules'];
  steps: SignatureStepModule[];
}

export function signatureSettings(
  { texts, origins, rules }: ListsInForce,
  steps: readonly SignatureStepModule[],
): JsonValue {
  return {
    texts: { ...texts },
    origins: { ...origins },
    rules: { ...rules, products: { ...rules.products }, without: [...rules.without] },
    steps: steps.map(({ id, title, module, after, products }) => ({
      id,
      title,
      module,
      ...(after === undefined ? {} : { after }),
      ...(products === undefined ? {} : { products }),
    })),
  };
}
