import type { CrashReport } from '@faultline/sdk/api';
import { text, type LoadedModule, type StackReport } from '../../reading/stack-model.js';
import { shortAddress } from '../../reading/stack-text.js';

/** A value that differs; "" where one side has none. */
export interface Difference {
  name: string;
  left: string;
  right: string;
}

/** Facts of system and crash that are not the same. */
export function factDifferences(left: StackReport, right: StackReport): Difference[] {
  const facts = (stack: StackReport): [string, string][] => [
    ['reason', stack.reason],
    ['address', stack.address],
    ['os', text(stack.system['os'])],
    ['os_ver', text(stack.system['os_ver'])],
    ['cpu_arch', text(stack.system['cpu_arch'])],
    ['cpu_info', text(stack.system['cpu_info'])],
    ['threads', String(stack.threads.length)],
    ['modules', String(stack.modules.length)],
  ];
  return differing(facts(left), facts(right));
}

/** Modules that only one has, or in another build. */
export function moduleDifferences(left: StackReport, right: StackReport): Difference[] {
  const words = ({ version, debugId }: LoadedModule): string =>
    [version, debugId].filter((part) => part !== '').join(' · ');
  const named = (stack: StackReport): [string, string][] =>
    stack.modules.map((module) => [module.filename, words(module) || '✓']);
  return differing(named(left), named(right));
}

export function annotationDifferences(left: CrashReport, right: CrashReport): Difference[] {
  const named = (report: CrashReport): [string, string][] =>
    report.annotations.map(({ name, value }) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
  return differing(named(left), named(right));
}

/** Of the innermost frame of the threads that crashed. */
export function registerDifferences(left: StackReport, right: StackReport): Difference[] {
  const registers = (stack: StackReport): [string, string][] =>
    (stack.threads.find(({ isCrashing }) => isCrashing)?.frames[0]?.registers ?? []).map(([name, value]) => [
      name,
      shortAddress(value),
    ]);
  return differing(registers(left), registers(right));
}

function differing(left: readonly [string, string][], right: readonly [string, string][]): Difference[] {
  const ours = new Map(left);
  const theirs = new Map(right);
  const names = new Set([...ours.keys(), ...theirs.keys()]);
  return [...names]
    .map((name) => ({ name, left: ours.get(name) ?? '', right: theirs.get(name) ?? '' }))
    .filter((one) => one.left !== one.right);
}
