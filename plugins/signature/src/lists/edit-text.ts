import { builtInListTexts, signatureListNames } from '@faultline/signature';
import type { EditedTexts } from './operator-lists.js';

/** What an edit did, in a line: `prefix: 2 lines added, 1 removed`. */
export function editText(before: EditedTexts, after: EditedTexts): string {
  const parts = signatureListNames.flatMap((name) => {
    const [old, now] = [before[name] ?? builtInListTexts[name], after[name] ?? builtInListTexts[name]];
    if (old === now) return [];
    const [oldLines, newLines] = [countLines(old), countLines(now)];
    const added = missingIn(oldLines, newLines);
    const removed = missingIn(newLines, oldLines);
    const what = [
      ...(added > 0 ? [`${lines(added)} added`] : []),
      ...(removed > 0 ? [`${lines(removed)} removed`] : []),
    ];
    return [`${name}: ${what.length === 0 ? 'lines moved' : what.join(', ')}`];
  });
  if (JSON.stringify(before.rules) !== JSON.stringify(after.rules)) parts.push(`rules: ${rulesText(after.rules)}`);
  return parts.length === 0 ? 'nothing changed' : parts.join('; ');
}

function rulesText(rules: EditedTexts['rules']): string {
  if (rules === undefined) return 'as configured';
  const { ruleset, products, frames, without } = rules;
  const own = Object.entries(products).map(([product, name]) => `${product}: ${name}`);
  return [
    [ruleset, ...own].join(', '),
    `${frames} frames`,
    ...(without.length === 0 ? [] : [`without ${without.join(', ')}`]),
  ].join('; ');
}

function countLines(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) if (line.trim() !== '') counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function missingIn(base: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): number {
  return [...other].reduce((sum, [line, count]) => sum + Math.max(0, count - (base.get(line) ?? 0)), 0);
}

function lines(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}
