import type { ConfigurationReview } from '@faultline/sdk/api';
import type { Topology } from '@faultline/sdk/topology';
import type { Setting } from '../config/configuration.js';
import { isLoopback } from '../http/loopback.js';
import type { InspectedConfig } from './inspect-text.js';
import { configuredTopology, topologyChange } from './topology-change.js';

type Review = ConfigurationReview;
type Difference = Review['differences'][number];

/**
 * What becomes of a server with another configuration: problems that forbid it, warnings, dangers that want a second
 * yes, and each setting that changes with when it takes effect.
 * @param live Plugins that can be started anew while the server runs.
 */
export function reviewChange(before: InspectedConfig, after: InspectedConfig, live: ReadonlySet<string>): Review {
  if (after.config === null) {
    const topology = { added: [], removed: [], addedWays: [], removedWays: [] };
    return { problems: after.problems, warnings: [], dangers: [], differences: [], topology };
  }
  const differences = differencesOf(before.settings, after.settings, live);
  const next = configuredTopology(after);
  // A file that could not be read makes nothing to compare with.
  const old = before.config === null ? next : configuredTopology(before);
  return {
    problems: after.problems,
    warnings: [...warningsOf(after), ...lonelyParts(old, next)],
    dangers: dangersOf(differences),
    differences,
    topology: topologyChange(old, next),
  };
}

/** What nobody feeds or reads. That nobody is told of problems is said only to who changes it. */
function lonelyParts(before: Topology, after: Topology): Review['warnings'] {
  const known = new Set(before.warnings.map(({ code }) => code));
  return after.warnings
    .filter(({ code }) => code !== 'NOBODY_TOLD' || !known.has(code))
    .map(({ code, text, hint }) => ({ code, message: text, hint }));
}

function differencesOf(before: Setting[], after: Setting[], live: ReadonlySet<string>): Difference[] {
  const old = new Map(before.map((setting) => [setting.name, setting]));
  const found = after.flatMap((setting): Difference[] => {
    const was = old.get(setting.name);
    old.delete(setting.name);
    if (was !== undefined && JSON.stringify(was.value) === JSON.stringify(setting.value)) return [];
    return [differenceOf(setting.name, was, setting, live)];
  });
  // Of plugins that are not there any more.
  const gone = [...old.values()].filter(({ source }) => source !== 'default');
  return [...found, ...gone.map((was) => differenceOf(was.name, was, undefined, live))];
}

function differenceOf(
  name: string,
  before: Setting | undefined,
  after: Setting | undefined,
  live: ReadonlySet<string>,
): Difference {
  const [section = ''] = name.split('.');
  return {
    name,
    before: shownValue(before),
    after: shownValue(after),
    takesEffect: live.has(section) ? 'at once' : 'after a restart',
    overriddenBy: '',
  };
}

/** Differences that a change means to make, but the environment or the command line forbid. */
export function overridden(names: readonly string[], after: readonly Setting[]): Difference[] {
  return after
    .filter(({ name, source }) => names.includes(name) && (source === 'environment' || source === 'command line'))
    .map((setting) => ({
      name: setting.name,
      before: shownValue(setting),
      after: shownValue(setting),
      takesEffect: 'never: overridden',
      overriddenBy: setting.place,
    }));
}

function shownValue(setting: Setting | undefined): unknown {
  if (setting?.value === undefined) return null;
  return setting.isSecret ? '(secret)' : setting.value;
}

/** Cross-checks between plugins. */
function warningsOf({ config, records, settings }: InspectedConfig): Review['warnings'] {
  const warnings: Review['warnings'] = [];
  for (const name of config?.disabled ?? []) {
    if (records.some(({ state }) => state.id === name)) continue;
    warnings.push({
      code: 'DISABLED_UNKNOWN',
      message: `\`disabled\` names "${name}", but there is no such plugin.`,
      hint: 'Correct the name, or take it out.',
    });
  }
  if (records.some(({ state }) => state.id === 'signature' && state.state === 'disabled')) {
    warnings.push({
      code: 'NO_SIGNATURES',
      message: 'Nothing gives crashes a signature: there will be no groups.',
      hint: 'Enable signature, unless this is meant.',
    });
  }
  return [...warnings, ...portsTwice(settings)];
}

/** Addresses that this machine would listen on, or send to, more than once under one port. */
function portsTwice(settings: readonly Setting[]): Review['warnings'] {
  const users = new Map<number, string[]>();
  for (const { name, value } of settings) {
    const port = portOf(name, value);
    if (port !== null) users.set(port, [...(users.get(port) ?? []), name]);
  }
  return [...users]
    .filter(([, names]) => names.length > 1)
    .map(([port, names]) => ({
      code: 'PORT_TWICE',
      message: `Port ${port} of this machine stands in ${names.map((name) => `\`${name}\``).join(' and ')}.`,
      hint: 'Two programs cannot listen on one port: give one of them another.',
    }));
}

function portOf(name: string, value: unknown): number | null {
  if (name === 'server.port' && typeof value === 'number') return value === 0 ? null : value;
  if (typeof value !== 'string' || !/^[a-z]+:\/\//.test(value) || name === 'server.publicUrl') return null;
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null || url.port === '' || !isLoopback(url.hostname)) return null;
  return Number(url.port);
}

/** What could lock the admin out, or cut crash reporters off. */
function dangersOf(differences: readonly Difference[]): Review['dangers'] {
  return differences.flatMap(({ name, before, after }) => {
    const message = dangerous[name]?.(before, after) ?? '';
    return message === '' ? [] : [{ code: `CHANGES_${name.toUpperCase().replace(/\W/g, '_')}`, message }];
  });
}

const shown = (value: unknown): string => (value === null ? 'the default' : JSON.stringify(value));
/** "" where a change of the setting takes nothing away. */
const dangerous: Readonly<Record<string, (before: unknown, after: unknown) => string>> = {
  'server.port': (before, after) =>
    `The port changes from ${shown(before)} to ${shown(after)}: crash reporters and bookmarks that have the old one get no answer.`,
  'server.host': (before, after) =>
    `The server will listen on ${shown(after)} in place of ${shown(before)}: from elsewhere it may not be reachable.`,
  'server.basePath': (before, after) =>
    `Every address moves from ${shown(before)} to ${shown(after)}, that of crash reporters too.`,
  'access.oidc.issuer': (_before, after) =>
    `People sign in at ${shown(after)} from then on: who has no password may not get in.`,
  'access.oidc.roles': () => 'People of other groups get in, or lose their roles, at their next sign-in.',
  'access.anonymous': (before, after) =>
    `What people may read without signing in changes from ${shown(before)} to ${shown(after)}.`,
  disabled(before, after) {
    const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
    const more = list(after).filter((id) => !list(before).includes(id));
    return more.length === 0 ? '' : `These plugins will not run any more: ${more.join(', ')}.`;
  },
};
