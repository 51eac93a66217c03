import { mainDumpName } from '@faultline/sdk';
import type { RawCrash } from '@faultline/sdk';
import { rulePartsLimit } from '@faultline/sdk/processing-rule';
import type { RuleFacts } from './rule-facts.js';

/**
 * Bytes of the attachments that rules ask for, as far as they are within the limit. Dumps are never among them: they
 * are parsed where it can be watched.
 */
export async function readParts(
  report: { raw: RawCrash; readPart(name: string): Promise<Uint8Array | null> },
  rules: readonly Pick<RuleFacts, 'parts'>[],
): Promise<Map<string, Uint8Array>> {
  const wanted = new Set(rules.flatMap((rule) => rule.parts));
  const parts = new Map<string, Uint8Array>();
  let sum = 0;
  for (const { name, size } of report.raw.parts) {
    if (!wanted.has(name) || name.startsWith(mainDumpName) || sum + size > rulePartsLimit) continue;
    const bytes = await report.readPart(name);
    if (bytes === null) continue;
    sum += size;
    // A view would take all of its buffer along into the thread.
    parts.set(name, new Uint8Array(bytes));
  }
  return parts;
}
