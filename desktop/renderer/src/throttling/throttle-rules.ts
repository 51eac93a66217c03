/** Throttle rules as the configuration writes them, and as rows of a form. */
export const verdicts = ['accept', 'defer', 'reject', 'fakeAccept', 'continue'] as const;
export type Verdict = (typeof verdicts)[number];

/** One rule of `collector.throttle.rules`. What the form does not know stays as it is. */
export type RuleText = Readonly<Record<string, unknown>>;

export const tests = ['present', 'absent', 'equals', 'prefix', 'oneOf', 'matches', 'olderThanDays'] as const;
export type Test = (typeof tests)[number];

/** A condition with one test. */
export interface ConditionRow {
  annotation: string;
  /** Keys joined by dots, inside an annotation that holds JSON; "" for the whole annotation. */
  path: string;
  test: Test;
  /** "" for `present` and `absent`; the values of `oneOf` are joined by commas. */
  value: string;
}

/** The rules of a setting's value; null when it is no list of objects. */
export function rulesOf(value: unknown): RuleText[] | null {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) && value.every(isObject) ? value : null;
}

/** Rows for the conditions of a rule; null when a form would lose something of them. */
export function conditionRows(rule: RuleText): ConditionRow[] | null {
  const when = rulesOf(rule['when']);
  if (when === null) return null;
  const rows = when.map(rowOf);
  return rows.every((row) => row !== null) ? rows : null;
}

export function conditionOf({ annotation, path, test, value }: ConditionRow): RuleText {
  const place = { annotation, ...(path === '' ? {} : { path }) };
  switch (test) {
    case 'present':
      return { ...place, present: true };
    case 'absent':
      return { ...place, present: false };
    case 'oneOf':
      return { ...place, oneOf: listOf(value) };
    case 'olderThanDays':
      return { ...place, olderThanDays: numberOf(value) };
    default:
      return { ...place, [test]: value };
  }
}

/** "a, b" as a list; what is empty is left out. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '');
}

/** What is no number stays text: the server says what it should be. */
export function numberOf(text: string): number | string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** With another value under a key; without the key when that is undefined. */
export function withField(rule: RuleText, name: string, value: unknown): RuleText {
  if (value !== undefined) return { ...rule, [name]: value };
  return Object.fromEntries(Object.entries(rule).filter(([key]) => key !== name));
}

/** A rule that changes nothing before somebody says what it is for; its id is not taken yet. */
export function newRule(rules: readonly RuleText[]): RuleText {
  const taken = new Set(rules.map(({ id }) => id));
  let number = rules.length + 1;
  while (taken.has(`rule_${number}`)) number += 1;
  return { id: `rule_${number}`, when: [], verdict: 'continue' };
}

/** The list with one element further up (-1) or down (+1); the same list at its ends. */
export function moved<T>(list: readonly T[], at: number, by: -1 | 1): T[] {
  if (at + by < 0 || at + by >= list.length) return [...list];
  const next = [...list];
  next.splice(at + by, 0, ...next.splice(at, 1));
  return next;
}

/** One rule from its JSON; null while it is none. */
export function ruleOfJson(text: string): RuleText | null {
  try {
    const value = JSON.parse(text) as unknown;
    return isObject(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function rowOf(condition: RuleText): ConditionRow | null {
  const { annotation, path = '', ...rest } = condition;
  const [[test, value] = [], ...more] = Object.entries(rest);
  if (typeof annotation !== 'string' || typeof path !== 'string' || more.length > 0 || test === undefined) return null;
  const place = { annotation, path };
  if (test === 'present' && typeof value === 'boolean')
    return { ...place, test: value ? 'present' : 'absent', value: '' };
  if (test === 'oneOf') return isPlainList(value) ? { ...place, test, value: value.join(', ') } : null;
  if (test === 'olderThanDays') return { ...place, test, value: String(value) };
  const isText = test === 'equals' || test === 'prefix' || test === 'matches';
  return isText && typeof value === 'string' ? { ...place, test, value } : null;
}

/** Values that come through "joined by commas" and back as they were. */
function isPlainList(value: unknown): value is string[] {
  return (
    Array.isArray(value) &&
    value.every((one) => typeof one === 'string' && one !== '' && one === one.trim() && !one.includes(','))
  );
}

function isObject(value: unknown): value is RuleText {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
