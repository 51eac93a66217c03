import type { StateWords } from './state-words.js';

const plural = (value: number, one: string, many: string) => (value === 1 ? one : many);

export const english: StateWords = {
  since: (time) => `since ${time}`,
  reasons: {
    STORAGE_FULL: 'the disk is full',
    DISK_FULL: 'its disk is full',
    STORAGE_FAILED: 'the disk can’t be written',
    PROCESSOR_DIED: 'the processor died with it in hand',
    SINK_TIMEOUT: 'it takes too long',
    SINK_FAILED: 'it fails',
    SEARCH_INDEX_DAMAGED: 'its index is damaged',
    JOB_STUCK: 'it did not end when it was told to',
  },
  error: (code) => `it answers ${code}`,
  allWell({ perMinute, lastHour, waiting }, count) {
    const rate =
      perMinute > 0
        ? `${count(perMinute)} ${plural(perMinute, 'crash', 'crashes')} a minute`
        : lastHour > 0
          ? `${count(lastHour)} ${plural(lastHour, 'crash', 'crashes')} in the last hour`
          : 'no crash in the last hour';
    const queue =
      waiting === 0 ? 'nothing waits' : `${count(waiting)} ${plural(waiting, 'waits', 'wait')} to be processed`;
    return `All well: ${rate}, ${queue}.`;
  },
  problems: {
    'node-gone': ({ host, roles, seconds }, { since, span }) => ({
      text: `The process on ${host} (${roles}) is gone ${since}: nothing was heard of it for ${span(seconds)}.`,
      hint: 'Start it again; what it had in hand goes to the others by itself.',
    }),
    'no-processor': ({ waiting }, { count, since }) => ({
      text: `Nobody processes crashes ${since}: ${count(waiting)} ${plural(waiting, 'waits', 'wait')}.`,
      hint: 'Start a server with the role processor. Reports are still taken and kept.',
    }),
    'queue-behind': ({ lane, waiting, oldestSeconds, perMinuteIn, perMinuteOut }, { count, span }) => ({
      text:
        `${count(waiting)} ${plural(waiting, 'crash waits', 'crashes wait')} in the lane ${lane}, the oldest for ` +
        `${span(oldestSeconds)}: ${count(perMinuteIn)} a minute come in, ${count(perMinuteOut)} go out.`,
      hint:
        perMinuteOut > perMinuteIn
          ? 'It catches up by itself.'
          : 'Add a processor, raise processor.concurrency, or let throttle rules take fewer.',
    }),
    'sink-behind': ({ title, waiting, code }, { count, since, reason }) => ({
      text:
        `${title} is ${count(waiting)} ${plural(waiting, 'crash', 'crashes')} behind ${since}` +
        `${code === '' ? '' : `: ${reason(code)}`}.`,
      hint:
        code === 'STORAGE_FULL' || code === 'DISK_FULL'
          ? 'Free space, it catches up by itself.'
          : code === ''
            ? 'It works, but more comes in than it takes.'
            : 'It is tried again and again, and catches up by itself once it can.',
    }),
    'rule-failing': ({ rule, failed, runs }, { count }) => ({
      text: `The rule ${rule} failed for ${count(failed)} of the last ${count(runs)} crashes.`,
      hint: 'Those crashes lack what it writes. Look at one of them, mend or switch off its plugin, then process them again.',
    }),
    'rule-parked': ({ rule }, { since }) => ({
      text: `The rule ${rule} is left out ${since}: it was stopped too often.`,
      hint: 'It comes back with the next start of the processor. Mend its plugin first.',
    }),
    'walk-failing': ({ failed, walks }, { count }) => ({
      text: `${count(failed)} of the last ${count(walks)} minidumps could not be walked.`,
      hint: 'Look at one of the crashes: its report says why.',
    }),
    'disk-low': ({ free, total }, { size }) => ({
      text: `The disk of the data folder is nearly full: ${size(free)} of ${size(total)} are free.`,
      hint: 'Free space, or lower retention.dumpDays and run the job retention/purge. Reports are refused when it is full.',
    }),
    'dead-letters': ({ count: letters, code }, { count, reason }) => ({
      text:
        `${count(letters)} ${plural(letters, 'crash was', 'crashes were')} given up` +
        `${code === '' ? '' : `, the last because ${reason(code)}`}.`,
      hint: 'Look why, then replay or discard them.',
    }),
    'job-failing': ({ title, failures, code }, { count, reason }) => ({
      text: `The job “${title}” failed ${failures === 1 ? '' : `${count(failures)} times in a row`}`
        .trimEnd()
        .concat(`: ${reason(code)}.`),
      hint: 'Its log says more. It is tried again by itself.',
    }),
    'plugin-failed': ({ plugin, code, host }) => ({
      text: `The plugin ${plugin} does not run on ${host} (${code}).`,
      hint: 'The screen Plugins says why and what to do.',
    }),
    'part-unwell': ({ part, code }, { since, reason }) => ({
      text: `${{ store: 'The store', state: 'The state store', search: 'Search' }[part] ?? part} does not work ${since}: ${reason(code)}.`,
      hint:
        part === 'search' ? 'Reports are still taken and kept.' : 'Reports are refused with 503 until it works again.',
    }),
    'loop-slow': ({ host, roles, milliseconds }, { count }) => ({
      text: `The process on ${host} (${roles}) keeps everybody waiting: its event loop stood still for ${count(milliseconds)} ms.`,
      hint: 'The machine is short of processor time or memory, or a plugin blocks.',
    }),
    'index-rebuilding': ({ done, total }, { count }) => ({
      text: `Search is being built anew: ${count(done)}${total > 0 ? ` of ${count(total)}` : ''} crashes.`,
      hint: 'Until it is done, searches lack some of them.',
    }),
    'config-drift': ({ host, roles, sections }) => ({
      text: `The process on ${host} (${roles}) runs with other settings than the others: ${sections}.`,
      hint: 'Start it again, so that it reads the configuration, or look at its environment and command line.',
    }),
    'symbol-server-down': ({ server, code }, { since, reason }) => ({
      text: `The symbol server ${server} can’t be used ${since}: ${reason(code)}.`,
      hint: 'Crashes are processed without its symbols, and again by themselves when they arrive.',
    }),
  },
};
