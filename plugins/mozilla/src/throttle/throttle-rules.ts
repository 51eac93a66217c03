import type { ThrottleRule, ThrottleVerdict } from '@faultline/sdk';
import type { JsonValue } from '@faultline/sdk/raw-crash';
import { annotation } from '../annotation.js';
import { buildTime } from './build-time.js';

export interface ThrottleFacts {
  /** Products that are taken; empty takes all. */
  products: readonly string[];
  /** Milliseconds since 1970. */
  now: () => number;
}

type Decide = (annotations: Record<string, JsonValue>, chance: number) => ThrottleVerdict;

const oldBuild = 730 * 24 * 60 * 60 * 1000;
const backgroundProcesses = ['gpu', 'plugin', 'rdd', 'socket', 'utility'];
/** Build of Windows 8.1, the last that current versions of Firefox don't run on. */
const lastUnsupportedWindows = 9600;

/** What Mozilla's collector takes, in its order (socorro.md section 2.6, default rules). */
export function throttleRules({ products, now }: ThrottleFacts): ThrottleRule[] {
  const isSupported = (product: string) => products.length === 0 || products.includes(product);
  const rules: [id: string, title: string, decide: Decide][] = [
    [
      'has_old_buildid',
      'Build older than two years',
      when((report) => isOld(said(report, 'BuildID'), now()), 'reject'),
    ],
    [
      'has_hangid_and_browser',
      'Browser side of a hang',
      when((report) => has(report, 'HangID') && (said(report, 'ProcessType') || 'browser') === 'browser', 'reject'),
    ],
    ['infobar_is_true', 'Infobar of Firefox 52 to 59, which sent too much', when(isBrokenInfobar, 'reject')],
    [
      'b2g',
      'B2G, which sends for ever when refused',
      when((report) => product(report).toLowerCase() === 'b2g' && !isSupported(product(report)), 'fakeAccept'),
    ],
    ['unsupported_product', 'Product that is not taken', when((report) => !isSupported(product(report)), 'reject')],
    ['throttleable_0', 'The user pressed submit', when((report) => said(report, 'Throttleable') === '0', 'accept')],
    ['has_comments', 'The user wrote something', when((report) => has(report, 'Comments'), 'accept')],
    ['has_phc', 'The heap checker saw something', when((report) => has(report, 'PHCKind'), 'accept')],
    [
      'is_background',
      'Background process',
      when((report) => backgroundProcesses.includes(said(report, 'ProcessType')), 'accept'),
    ],
    [
      'is_shutdownkill',
      'Killed at shutdown: one in ten',
      (report, chance) =>
        said(report, 'ipc_channel_error') === 'ShutDownKill' && chance > 0.1 ? 'reject' : 'continue',
    ],
    [
      'is_firefox_esr_unsupported_windows',
      'ESR on Windows before 10: one in four',
      (report, chance) => (isEsrOnOldWindows(report) && chance > 0.25 ? 'reject' : 'continue'),
    ],
    [
      'is_alpha_beta_esr',
      'Early and long-lived channels',
      when((report) => ['aurora', 'beta', 'esr'].includes(said(report, 'ReleaseChannel')), 'accept'),
    ],
    ['is_nightly', 'Nightly', when((report) => said(report, 'ReleaseChannel').startsWith('nightly'), 'accept')],
    [
      'is_firefox_desktop',
      'Firefox releases: one in ten',
      (report, chance) => {
        if (product(report) !== 'Firefox' || said(report, 'ReleaseChannel') !== 'release') return 'continue';
        return chance <= 0.1 ? 'accept' : 'reject';
      },
    ],
    ['accept_everything', 'All others', () => 'accept'],
  ];
  return rules.map(([id, title, decide], order) => ({
    id,
    title,
    order: 1000 + order,
    decide: ({ annotations }, chance) => decide(annotations, chance),
  }));
}

function when(holds: (annotations: Record<string, JsonValue>) => boolean, verdict: ThrottleVerdict): Decide {
  return (annotations) => (holds(annotations) ? verdict : 'continue');
}

function said(annotations: Record<string, JsonValue>, name: string): string {
  return annotation(annotations, name) ?? '';
}

function has(annotations: Record<string, JsonValue>, name: string): boolean {
  return Object.hasOwn(annotations, name);
}

function product(annotations: Record<string, JsonValue>): string {
  return said(annotations, 'ProductName');
}

function isOld(buildId: string, now: number): boolean {
  const built = buildTime(buildId);
  return built !== null && now - built > oldBuild;
}

function isBrokenInfobar(report: Record<string, JsonValue>): boolean {
  const isSent = ['1', 'true'].includes(said(report, 'SubmittedFromInfobar').toLowerCase());
  const isInRange = /^5[2-9]\./.test(said(report, 'Version'));
  return product(report) === 'Firefox' && isInRange && isSent && said(report, 'BuildID') < '20171226';
}

function isEsrOnOldWindows(report: Record<string, JsonValue>): boolean {
  if (product(report) !== 'Firefox' || said(report, 'ReleaseChannel') !== 'esr') return false;
  const os = at(at(parsed(report['TelemetryEnvironment']), 'system'), 'os');
  const build = at(os, 'windowsBuildNumber');
  return at(os, 'name') === 'Windows_NT' && typeof build === 'number' && build <= lastUnsupportedWindows;
}

function at(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function parsed(value: JsonValue | undefined): JsonValue | undefined {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as JsonValue;
  } catch {
    // Not JSON: it says nothing of Windows.
    return undefined;
  }
}
