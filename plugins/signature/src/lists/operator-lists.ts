import type { Clock, Disposer, Principal, StateStore } from '@faultline/sdk';
import type { GroupingRules, SignatureListEdits } from '@faultline/sdk/api';
import { FaultlineError } from '@faultline/sdk/errors';
import { builtInListTexts, optionalSteps, signatureListNames } from '@faultline/signature';
import type { SignatureListName, SignatureListTexts } from '@faultline/signature';
import { readListFolder } from '../list-folder.js';

/** What people wrote in the app: only what differs from what stands elsewhere. */
export interface EditedTexts extends Partial<Record<SignatureListName, string>> {
  rules?: GroupingRules;
}

export type ListOrigin = 'built-in' | 'file' | 'app';

/** The lists and rules in force, and where each list comes from. */
export interface ListsInForce {
  /** Grows with each edit in the app; 0 before the first. */
  version: number;
  texts: SignatureListTexts;
  origins: Record<SignatureListName, ListOrigin>;
  rules: GroupingRules;
  edited: EditedTexts;
}

/** One edit, as the history keeps it: whole texts, so that going back gives the very same bytes. */
export interface ListEdit {
  edited: EditedTexts;
  at: string;
  actor: string;
  actorName: string;
  text: string;
  /** The plan that was applied; "" when the lists were only saved. */
  plan: string;
}

const key = ['signature', 'lists'] as const;
const historyKey = ['signature', 'list-history'] as const;

/**
 * The signature lists of this server: built-in ones, over them what people edited in the app, over them the files of a
 * folder. Edits are kept whole in the state store; the folder is looked at again and again.
 */
export class OperatorLists {
  #edit: { version: number; edited: EditedTexts } = { version: 0, edited: {} };
  #files: EditedTexts = {};
  readonly #listeners = new Set<() => void>();

  constructor(
    private readonly parts: {
      state: StateStore;
      clock: Pick<Clock, 'now'>;
      folder: string | null;
      /** Those of the configuration. */
      rules: GroupingRules;
    },
  ) {}

  /** Reads all anew; listeners are called when something is other than before. */
  async refresh(): Promise<void> {
    const found = await this.parts.state.get<ListEdit>(key);
    const edit = found === null ? { version: 0, edited: {} } : { version: found.version, edited: found.value.edited };
    const files = this.parts.folder === null ? {} : ownFiles(this.parts.folder);
    const before = JSON.stringify([this.#edit, this.#files]);
    [this.#edit, this.#files] = [edit, files];
    if (JSON.stringify([edit, files]) === before) return;
    for (const listener of this.#listeners) listener();
  }

  onChange(listener: () => void): Disposer {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  inForce(): ListsInForce {
    return this.withEdited(this.#edit.edited, this.#edit.version);
  }

  /**
   * Lists and rules as they would be with these edits.
   * @throws Conflict LIST_IN_FILE for a list that stands in the folder; Malformed SIGNATURE_STEP_UNKNOWN
   */
  after(edits: SignatureListEdits): ListsInForce {
    const edited: EditedTexts = { ...this.#edit.edited };
    for (const name of signatureListNames) {
      const text = edits[name];
      if (text === undefined) continue;
      if (this.#files[name] !== undefined && text !== this.#files[name]) throw inFile(name);
      if (text === null || text === builtInListTexts[name]) delete edited[name];
      else edited[name] = text;
    }
    if (edits.rules === null || sameRules(edits.rules, this.parts.rules)) delete edited.rules;
    else if (edits.rules !== undefined) edited.rules = checkedRules(edits.rules);
    return this.withEdited(edited, this.#edit.version);
  }

  /** Newest first. */
  async history(limit: number): Promise<(ListEdit & { version: number })[]> {
    const edits: (ListEdit & { version: number })[] = [];
    for await (const entry of this.parts.state.range<ListEdit>({ prefix: historyKey, reverse: true, limit })) {
      edits.push({ ...entry.value, version: Number(entry.key.at(-1)) });
    }
    const current = await this.parts.state.get<ListEdit>(key);
    // A process that was killed between the two writes left the newest out of the history.
    if (current !== null && edits[0]?.version !== current.version) {
      edits.unshift({ ...current.value, version: current.version });
    }
    return edits;
  }

  /**
   * Makes these the edited lists.
   * @throws Conflict LISTS_CHANGED when they are at another version than `expected`
   */
  async write(
    edited: EditedTexts,
    expected: number,
    by: { principal: Pick<Principal, 'id' | 'name'>; text: string; plan: string },
  ): Promise<number> {
    const { state, clock } = this.parts;
    const edit: ListEdit = {
      edited,
      at: new Date(clock.now()).toISOString(),
      actor: by.principal.id,
      actorName: by.principal.name,
      text: by.text,
      plan: by.plan,
    };
    const before = await state.get<ListEdit>(key);
    if (before !== null) await state.set([...historyKey, before.version], before.value);
    const version = await state.compareAndSet(key, expected, edit);
    if (version !== null) await state.set([...historyKey, version], edit);
    await this.refresh();
    if (version !== null) return version;
    const other = await state.get<ListEdit>(key);
    throw new FaultlineError(
      'Conflict',
      'LISTS_CHANGED',
      `${other?.value.actorName ?? 'Somebody'} changed the lists meanwhile.`,
      {
        hint: 'Look at them again, then make the change once more.',
        details: { version: other?.version ?? 0, text: other?.value.text ?? '', at: other?.value.at ?? '' },
      },
    );
  }

  /** The lists as they are when people edited them so; files still stand over them. */
  withEdited(edited: EditedTexts, version: number): ListsInForce {
    const { rules = this.parts.rules, ...own } = edited;
    const texts: SignatureListTexts = { ...builtInListTexts, ...own, ...this.#files };
    const originOf = (name: SignatureListName): ListOrigin => {
      if (this.#files[name] !== undefined) return 'file';
      return edited[name] === undefined ? 'built-in' : 'app';
    };
    return {
      version,
      texts,
      rules,
      edited,
      origins: {
        irrelevant: originOf('irrelevant'),
        prefix: originOf('prefix'),
        sentinels: originOf('sentinels'),
        withLineNumbers: originOf('withLineNumbers'),
      },
    };
  }
}

/** A folder that is gone for a moment (a deployment) leaves the lists as they are without it. */
function ownFiles(folder: string): EditedTexts {
  try {
    const { texts, own } = readListFolder(folder);
    return Object.fromEntries(own.map((name) => [name, texts[name]]));
  } catch (error) {
    if (error instanceof FaultlineError) return {};
    throw error;
  }
}

function sameRules(one: GroupingRules | undefined, other: GroupingRules): boolean {
  return one !== undefined && rulesText(one) === rulesText(other);
}

/** In one order, so that equal rules are equal texts. */
function rulesText({ ruleset, products, frames, without }: GroupingRules): string {
  const named = Object.entries(products).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([ruleset, named, frames, [...without].sort()]);
}

function checkedRules(rules: GroupingRules): GroupingRules {
  const unknown = rules.without.find((step) => !optionalSteps.some(({ name }) => name === step));
  if (unknown === undefined) return { ...rules, without: [...new Set(rules.without)] };
  const what = `"${unknown}" is no step that may be left out.`;
  throw new FaultlineError('Malformed', 'SIGNATURE_STEP_UNKNOWN', what, {
    hint: `Steps: ${optionalSteps.map(({ name }) => name).join(', ')}.`,
  });
}

function inFile(name: SignatureListName): FaultlineError {
  return new FaultlineError(
    'Conflict',
    'LIST_IN_FILE',
    `The list "${name}" stands in a file of the configured folder.`,
    {
      hint: 'Edit the file: it is read again within seconds. Or take `signature.lists` out of the configuration.',
    },
  );
}
