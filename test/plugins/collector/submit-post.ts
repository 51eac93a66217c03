import type { ContributionList, HttpRequest, HttpResponse, ThrottleRule } from '@faultline/sdk';
import { anonymous } from '@faultline/sdk';
import { FakeClock, FakeRandom, MemoryBus, MemoryCrashStorage, MemoryLogger } from '@faultline/testing';
import { Counts } from '../../../plugins/collector/src/admission/counts.js';
import { Gate } from '../../../plugins/collector/src/admission/gate.js';
import { RateLimits } from '../../../plugins/collector/src/admission/rate-limits.js';
import { SubmitKeys } from '../../../plugins/collector/src/admission/submit-keys.js';
import { BodyBudget } from '../../../plugins/collector/src/body-budget.js';
import { CollectorConfig } from '../../../plugins/collector/src/config.js';
import { frontDoor, type Door } from '../../../plugins/collector/src/received-post.js';
import { submit, type Intake } from '../../../plugins/collector/src/submission.js';
import { RecentReports } from '../../../plugins/collector/src/throttle/recent-reports.js';
import { Throttler } from '../../../plugins/collector/src/throttle/throttler.js';

const field = { title: '', type: 'string', description: '', permission: 'public' } as const;

/** The collector without HTTP in front of it: real parser, throttler and form, stores in memory. */
export function intakeOf(config: object = {}, rules: ThrottleRule[] = []) {
  const clock = new FakeClock(Date.UTC(2026, 10, 22, 23, 59, 59, 999));
  const random = new FakeRandom(7);
  const storage = new MemoryCrashStorage();
  const bus = new MemoryBus(clock);
  const parsed = CollectorConfig.parse(config);
  const contributed: ContributionList<ThrottleRule> = {
    all: () => rules.map((value) => ({ plugin: 'test', value })),
    get: (id) => contributed.all().find((contribution) => contribution.value.id === id),
    onChange: () => () => undefined,
  };
  const disk = { free: Infinity };
  const limits = new RateLimits(parsed);
  const intake: Intake = {
    config: parsed,
    storage,
    bus,
    clock,
    random,
    throttler: new Throttler(parsed.throttle, contributed, clock, random),
    budget: new BodyBudget(parsed.bodiesInFlight),
    gate: new Gate(parsed, { read: () => Promise.resolve(disk.free) }, limits),
    limits,
    keys: new SubmitKeys(parsed.submitKeys, clock),
    recent: new RecentReports(parsed.recentReports, {
      all: () => [{ ...field, id: 'version', annotation: 'Version' }],
      hash: () => '',
    }),
    counts: new Counts(new Date(clock.now())),
    installKey: (product, client) => `key of ${product} ${client}`,
  };
  return { intake, storage, bus, clock, disk, contributed };
}

const boundary = '9f2c41d0b7aa';

/** One part of a form; with a file name or type it is binary, else an annotation. */
export function part(
  name: string,
  value: string | Uint8Array,
  file: { filename?: string; type?: string } = {},
): Buffer {
  const filename = file.filename === undefined ? '' : `; filename="${file.filename}"`;
  const type = file.type === undefined ? '' : `\r\nContent-Type: ${file.type}`;
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${filename}${type}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(value), Buffer.from('\r\n')]);
}

export const dump = Buffer.concat([Buffer.from('MDMP\x93\xa7\0\0', 'latin1'), Buffer.alloc(4096)]);
export const dumpPart = part('upload_file_minidump', dump, { filename: 'a.dmp', type: 'application/octet-stream' });
export const annotations = [part('ProductName', 'Demo'), part('Version', '1.2.3')];

export function form(...parts: Buffer[]): Buffer {
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

/** Sends a body as the host would hand it over; 1,000 bytes a chunk. */
export async function post(
  intake: Intake,
  body: Buffer,
  options: { headers?: Record<string, string | undefined>; url?: string; address?: string; door?: Door } = {},
): Promise<{ status: number; text: string; response: HttpResponse }> {
  const request: HttpRequest = {
    method: 'POST',
    url: options.url ?? '/submit',
    headers: {
      'content-type': `multipart/form-data; boundary=${boundary}`,
      'content-length': String(body.length),
      ...options.headers,
    },
    params: {},
    query: {},
    body: undefined,
    stream: chunksOf(body),
    principal: anonymous,
    signal: new AbortController().signal,
    remoteAddress: options.address ?? '127.0.0.1',
    logger: new MemoryLogger(),
  };
  const response = await submit(intake, request, options.door ?? frontDoor);
  return { status: response.status ?? 200, text: String(response.body), response };
}

async function* chunksOf(body: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < body.length; at += 1000) yield await Promise.resolve(body.subarray(at, at + 1000));
}

/** The stored crash of an answer `CrashID=bp-...`. */
export async function storedOf(storage: MemoryCrashStorage, text: string) {
  const id = /^CrashID=bp-([0-9a-f-]{36})\n$/.exec(text)?.[1];
  if (id === undefined) throw new Error(`not accepted: ${text}`);
  const stored = await storage.load(id);
  if (stored === null) throw new Error(`${id} was answered and is not stored`);
  return stored;
}
