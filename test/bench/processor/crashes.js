/**
 * Crashes a second through the processor with the real rules and signature, the embedded bus and LMDB on the disk, and
 * what the rules cost. Reports without a dump, then with a document of a walked one. Reads the built packages:
 *
 *     npm run build:server && node test/bench/processor/crashes.js [crashes]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MemoryLogger, sampleCrashId, samplePending, sampleRawCrash } from '@faultline/testing';
import { processMessageId, subjects } from '@faultline/sdk';
import { ProcessorConfig } from '../../../plugins/processor/dist/config.js';
import { allRulesets } from '../../../plugins/processor/dist/rules/known-rulesets.js';
import { ProcessorMetrics } from '../../../plugins/processor/dist/processor-metrics.js';
import { startProcessing } from '../../../plugins/processor/dist/start-processing.js';
import { RulesRunner } from '../../../plugins/processor/dist/worker/rules-runner.js';
import { RulesConfig } from '../../../plugins/rules/dist/config.js';
import { SignatureConfig } from '../../../plugins/signature/dist/config.js';
import { openEmbeddedStore } from '../../../plugins/storage-lmdb/dist/embedded-store.js';
import { EmbeddedBus } from '../../../server/dist/bus/embedded-bus.js';
import { systemClock as clock } from '../../../server/dist/services/system-clock.js';
import { readFileSync } from 'node:fs';

const count = Number(process.argv[2] ?? 3000);
const repository = new URL('../../../', import.meta.url);

function ruleModule(plugin, config) {
  const manifest = JSON.parse(readFileSync(new URL(`plugins/${plugin}/package.json`, repository), 'utf8')).faultline;
  const rules = manifest.contributes.ProcessingRule.map(({ id }) => id);
  return { plugin, module: new URL(`plugins/${plugin}/${manifest.rules}`, repository).href, config, rules };
}

/** A walked dump of twenty threads with thirty frames each. */
function walked() {
  const frame = (n) => ({
    frame: n,
    function: `teapot::Kettle::boil_${n}(int, char const*)`,
    module: 'teapot',
    module_offset: '0x1234',
    offset: '0x55551234',
    file: 'kettle.cpp',
    line: n,
    trust: 'cfi',
  });
  const frames = Array.from({ length: 30 }, (_, n) => frame(n));
  const threads = Array.from({ length: 20 }, () => ({ frame_count: 30, frames, thread_name: 'worker' }));
  const crash_info = { type: 'SIGSEGV', address: '0x0', crashing_thread: 0 };
  const system_info = { os: 'Linux', os_ver: '6.1', cpu_arch: 'amd64', cpu_count: 4, cpu_info: 'family 6' };
  return { status: 'OK', crash_info, system_info, thread_count: 20, threads, modules: [], crashing_thread: threads[0] };
}

/** Megabytes; LMDB's mapped pages are not among them. */
function anonymousMemory() {
  const [, kilobytes] = /^RssAnon:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1000);
}

async function measure(name, walker) {
  const folder = mkdtempSync(path.join(tmpdir(), 'faultline-bench-'));
  const logger = new MemoryLogger();
  const config = { openEnvironments: 16, largePart: 262_144 };
  const store = await openEmbeddedStore({ folder, config, clock, logger, version: 'bench', holds: true });
  const bus = new EmbeddedBus({ folder, clock, logger });
  const now = clock.now();
  const ids = [];
  for (let seed = 0; seed < count; seed++) {
    const crashId = sampleCrashId(seed, now);
    const draft = store.crashes.openDraft();
    const parts =
      walker === null ? [] : [{ name: 'upload_file_minidump', filename: '', contentType: '', size: 0, sha256: '' }];
    ids.push(crashId);
    void draft;
    const raw = sampleRawCrash({ crashId, parts, submittedTimestamp: new Date(now).toISOString() });
    const pending = samplePending(crashId, { since: now });
    const stored = draft.commit({ raw, pending });
    if (seed % 100 === 99) await stored;
    await bus.publish(subjects.process('normal'), processMessageId(crashId, 1, 'normal'), pending);
  }
  const processorConfig = ProcessorConfig.parse({});
  const modules = [ruleModule('rules', RulesConfig.parse({})), ruleModule('signature', SignatureConfig.parse({}))];
  const rules = new RulesRunner({
    program: new URL('plugins/processor/dist/worker/rules-worker.js', repository),
    catalog: { ruleModules: () => modules, preloads: () => [], onChange: () => () => {} },
    fields: () => [],
    logger,
    parkAfter: 3,
    idleAfter: 60_000,
  });
  let done = 0;
  let finish;
  const finished = new Promise((resolve) => (finish = resolve));
  const memory = [];
  bus.on(subjects.crashProcessed, () => {
    if (++done % Math.ceil(count / 8) === 0) memory.push(anonymousMemory());
    if (done === count) finish();
  });
  const cpu = process.cpuUsage();
  const start = performance.now();
  const processing = await startProcessing({
    config: processorConfig,
    logger,
    clock,
    bus,
    storage: store.crashes,
    outbox: store.outbox,
    state: store.state,
    sinks: { all: () => [], get: () => undefined, onChange: () => () => {} },
    server: { nodeId: 'bench', sharesFolder: false },
    folder,
    pipeline: { rules, rulesets: allRulesets({}), walker: () => walker, clock, storage: store.crashes, host: 'bench' },
    metrics: new ProcessorMetrics(),
  });
  await finished;
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const durations = [];
  const statuses = {};
  for (const id of ids.slice(0, 1000)) {
    const [run] = (await store.crashes.load(id)).runs;
    durations.push(run.rules.reduce((sum, rule) => sum + rule.duration, 0));
    statuses[run.status] = (statuses[run.status] ?? 0) + 1;
  }
  durations.sort((a, b) => a - b);
  await processing.stop();
  await rules.close();
  await bus.close();
  await store.close();
  rmSync(folder, { recursive: true });
  console.log(
    `${name}: ${(count / seconds).toFixed(0)} crashes/s, rules and signature median ${durations[durations.length >> 1].toFixed(2)} ms,` +
      ` ${((user + system) / 1000 / count).toFixed(2)} CPU s per 1,000, RSS ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB,` +
      ` ${JSON.stringify(statuses)}\n  RssAnon on the way, MB: ${memory.join(' ')}`,
  );
}

await measure('without a dump', null);
const json = walked();
await measure('with a walked dump', {
  id: 'fake',
  title: 'fake',
  walk: async () => ({ status: 'OK', json, tool: 'fake', version: '1', duration: 1, notes: [] }),
  checkHealth: async () => {},
});
