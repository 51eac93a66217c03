import { buildSymbolIndexInMemory, openSymbolIndex } from '@faultline/symbols';
import { walkJson, walkMinidump } from '@faultline/minidump';
import { bytesSource, type ModuleSymbols, type SymbolProvider } from '@faultline/sdk';
import { describe, expect, it } from 'vitest';
import { scheduleReports } from '../../../plugins/sample-data/src/sample-schedule.js';
import { AddressPlan } from '../../../plugins/sample-data/src/samples/address-plan.js';
import { allSamples } from '../../../plugins/sample-data/src/samples/all-samples.js';
import { sampleDump } from '../../../plugins/sample-data/src/samples/sample-dump.js';
import { symbolText } from '../../../plugins/sample-data/src/samples/symbol-text.js';

const plan = new AddressPlan(allSamples);
const facts = { crashTime: 1_760_000_000, uptime: 60, processId: 4000 };

/** The samples' own symbol files, through the real index. */
const symbols: SymbolProvider = {
  find: async (module) => {
    const planned = [...plan.modules.values()].find(
      (each) => each.debugId === module.debugId && each.sample.hasSymbols,
    );
    let found: ModuleSymbols | null = null;
    if (planned !== undefined) {
      const bytes = await buildSymbolIndexInMemory([new TextEncoder().encode(symbolText(planned))]);
      found = await openSymbolIndex(bytesSource(bytes), 'sample.symx');
    }
    return { symbols: found, attempts: [], isCorrupt: false, url: null };
  },
};

interface Walk {
  crash_info: { type: string; crashing_thread: number };
  crashing_thread: {
    thread_name: string;
    frames: { function: string | null; file: string | null; line: number | null; module: string }[];
  };
}

describe('sample crashes', () => {
  it.each(allSamples.map((sample) => [sample.name, sample] as const))(
    '%s walks to the stack it was drawn with',
    async (_, sample) => {
      const dump = await sampleDump(sample, plan, facts);
      const walk = walkJson(await walkMinidump({ source: bytesSource(dump), symbols })) as unknown as Walk;
      expect(walk.crashing_thread.thread_name).toBe(sample.thread);
      const frames = walk.crashing_thread.frames.slice(0, sample.stack.length);
      expect(frames.map((frame) => frame.function)).toEqual(sample.stack.map((frame) => frame.function));
      expect(frames.map((frame) => frame.line)).toEqual(
        sample.stack.map((frame) => (frame.file === undefined ? null : frame.line)),
      );
      expect(walk.crash_info.type).not.toMatch(/unknown/i);
    },
  );
});

describe('scheduleReports', () => {
  const now = Date.UTC(2026, 10, 22);
  const scheduled = scheduleReports(allSamples, { reports: 44, days: 14, now });

  it('makes some forty reports of all eight crashes over two weeks, oldest first', () => {
    expect(scheduled.length).toBeGreaterThanOrEqual(40);
    expect(scheduled.length).toBeLessThanOrEqual(50);
    expect(new Set(scheduled.map((report) => report.sample.name)).size).toBe(8);
    const times = scheduled.map((report) => report.time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThan(now - 15 * 86_400_000);
    expect(times.at(-1)).toBeLessThan(now);
  });

  it('is the same every time, and never shows a crash before it began', () => {
    expect(scheduleReports(allSamples, { reports: 44, days: 14, now })).toEqual(scheduled);
    for (const { sample, time } of scheduled) {
      expect(time).toBeGreaterThanOrEqual(now - 14 * 86_400_000 * (1 - (sample.since ?? 0)) - 60_000);
    }
  });
});
