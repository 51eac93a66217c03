import type { ProcessingRule, RuleInput } from '@faultline/sdk/processing-rule';
import { annotationText, wholeNumber } from '../annotation.js';

/** Beyond this a client's clock is nonsense: 2100-01-01, in seconds. */
const lastSecond = 4_102_444_800;

/** When it crashed, how long it had run, how long it had been installed. Times of clients are seconds since 1970. */
export const datesRule: ProcessingRule = {
  id: 'rules/dates',
  title: 'Times and ages',
  version: 1,
  reads: [],
  writes: ['date_processed', 'crash_time', 'client_crash_date', 'install_age', 'install_time', 'uptime', 'last_crash'],
  apply(input) {
    const notes: string[] = [];
    const submitted = Math.floor(Date.parse(input.raw.submittedTimestamp) / 1000);
    const crashTime = seconds(input, 'CrashTime', notes) ?? submitted;
    const startup = seconds(input, 'StartupTime', notes);
    const installTime = seconds(input, 'InstallTime', notes);
    const uptime = plausible(startup === null ? processUptime(input) : crashTime - startup);
    if (annotationText(input.raw, 'CrashTime') === '') notes.push('client_crash_date is unknown');
    return {
      patch: {
        date_processed: input.raw.submittedTimestamp,
        crash_time: crashTime,
        client_crash_date: new Date(crashTime * 1000).toISOString(),
        install_time: installTime ?? undefined,
        install_age: installTime === null ? undefined : crashTime - installTime,
        uptime: uptime ?? undefined,
        last_crash: seconds(input, 'SecondsSinceLastCrash', notes) ?? undefined,
      },
      notes,
    };
  },
};

function seconds({ raw }: RuleInput, annotation: string, notes: string[]): number | null {
  // Folklore: clients that send milliseconds; their first ten digits are the seconds (Socorro cuts there too).
  const given = annotationText(raw, annotation);
  const text = annotation === 'CrashTime' ? given.slice(0, 10) : given;
  if (text === '') return null;
  const value = wholeNumber(text);
  if (value !== null && value >= 0 && value <= lastSecond) return value;
  notes.push(`non-integer value of "${annotation}"`);
  return null;
}

/** The dump may know when the process began, where the client did not say. */
function processUptime({ processed }: RuleInput): number | null {
  const json = processed['json_dump'];
  const uptime = typeof json === 'object' && json !== null && 'process_uptime' in json ? json['process_uptime'] : null;
  return typeof uptime === 'number' ? uptime : null;
}

/** Clocks are set back while programs run: no uptime is below 0. */
function plausible(uptime: number | null): number | null {
  return uptime === null ? null : Math.max(0, uptime);
}
