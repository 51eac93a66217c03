import type { OwnershipMatch, OwnershipRule } from '@faultline/sdk/api';
import type { RE2JS } from 're2js';
import { globExpression } from './glob.js';

/** What says whose a group is; modules and paths are of the frames on top of the stack, innermost first. */
export interface OwnedThing {
  signature: string;
  modules: readonly string[];
  paths: readonly string[];
}

/** Ownership rules, ready for use. */
export class Owners {
  readonly #rules: { rule: OwnershipRule; expression: RE2JS }[];

  constructor(rules: readonly OwnershipRule[]) {
    this.#rules = rules.map((rule) => ({ rule, expression: globExpression(rule.pattern, rule.on === 'path') }));
  }

  /**
   * The last rule that matches decides, as in CODEOWNERS. Of paths and modules the innermost frame that anybody owns
   * counts: what lies under it only called it.
   */
  of(thing: OwnedThing): OwnershipMatch {
    const signature = this.#last('signature', thing.signature);
    const module = this.#innermost('module', thing.modules);
    const path = this.#innermost('path', thing.paths.map(cleanPath));
    const decided = Math.max(signature, module, path);
    return decided < 0
      ? { owners: [], rule: null }
      : { owners: this.#rules[decided]?.rule.owners ?? [], rule: decided };
  }

  #innermost(on: OwnershipRule['on'], texts: readonly string[]): number {
    for (const text of texts) {
      const rule = this.#last(on, text);
      if (rule >= 0) return rule;
    }
    return -1;
  }

  #last(on: OwnershipRule['on'], text: string): number {
    if (text === '') return -1;
    return this.#rules.findLastIndex(({ rule, expression }) => rule.on === on && expression.test(text));
  }
}

/** `git:github.com/team/repo:src/a.cpp:rev` and `C:\work\src\a.cpp` as paths with slashes. */
function cleanPath(file: string): string {
  const parts = file.split(':');
  const path = parts.length >= 4 ? (parts[2] ?? '') : file.replace(/^[A-Za-z]:/, '');
  return path.replaceAll('\\', '/');
}
