/**
 * One post to `/submit`, from its headers to the answer. The order is the promise: parts and raw crash are durable
 * before the work is published, and published before the crash id is answered.
 */
import {
  displayCrashId,
  isFaultlineError,
  makeCrashId,
  processMessageId,
  subjects,
  throttleDigit,
  type Bus,
  type Clock,
  type CrashId,
  type CrashStorage,
  type HttpRequest,
  type HttpResponse,
  type JsonValue,
  type PendingMark,
  type Random,
  type RawCrash,
  type ReportDraft,
} from '@faultline/sdk';
import * as answer from './answers.js';
import type { Counts } from './admission/counts.js';
import { retryAfter, type Gate } from './admission/gate.js';
import type { RateLimits } from './admission/rate-limits.js';
import { RefusedPost, WrongSubmitKey } from './admission/refused-post.js';
import { givenKey, keyParameters, type SubmitKeys } from './admission/submit-keys.js';
import type { BodyBudget } from './body-budget.js';
import type { CollectorConfig } from './config.js';
import { gunzip } from './form/gunzip.js';
import { parseMediaType } from './form/media-type.js';
import { FormReader, type ReceivedForm } from './form/read-form.js';
import { decideIdentity } from './identity.js';
import { MalformedReport, ReportTooLarge } from './malformed-report.js';
import { mayPresetId, presetId } from './preset-id.js';
import type { RecentReports } from './throttle/recent-reports.js';
import type { ThrottleDecision, Throttler } from './throttle/throttler.js';

export interface Intake {
  config: CollectorConfig;
  storage: CrashStorage;
  bus: Bus;
  clock: Clock;
  random: Random;
  throttler: Throttler;
  budget: BodyBudget;
  gate: Gate;
  limits: RateLimits;
  keys: SubmitKeys;
  counts: Counts;
  recent: RecentReports;
  installKey: (product: string, client: string) => string;
}

type Request = HttpRequest<unknown, unknown, unknown>;

/** Which of the paths a post came in by. */
export interface Door {
  /** The submit key in the path; "" when there is none. */
  key: string;
  /** How the crash id is answered: as Antenna does, or bare, as clients of Sentry-style paths expect it. */
  answers: 'CrashID' | 'bare id';
}

export const frontDoor: Door = { key: '', answers: 'CrashID' };

export async function submit(intake: Intake, request: Request, door: Door = frontDoor): Promise<HttpResponse> {
  let leave = () => {};
  let draft: ReportDraft | null = null;
  const openDraft = async () => (draft ??= await intake.storage.openDraft());
  try {
    leave = await intake.gate.enter(request);
    const body = describeBody(request, intake.config);
    const wire = { size: 0 };
    const reader = new FormReader(openDraft, intake.config, intake.budget);
    const form = await reader.read(unpack(request, body, wire, intake.config), body.boundary);
    const response = await decideAndStore(intake, request, { form, openDraft, body, door, wireSize: wire.size });
    return response;
  } catch (error) {
    return refuse(error, request, intake.counts);
  } finally {
    leave();
    // After a commit this finds nothing left to drop.
    await (draft as ReportDraft | null)?.discard();
  }
}

interface BodyFacts {
  boundary: string;
  isGzip: boolean;
}

/** Judges the headers, before a byte of the body is read. */
function describeBody(request: Request, config: CollectorConfig): BodyFacts {
  const contentType = header(request, 'content-type');
  if (contentType === undefined || contentType === '') throw new MalformedReport('no_content_type');
  const { type, parameters } = parseMediaType(contentType);
  if (type !== 'multipart/form-data' && type !== 'multipart/mixed') throw new MalformedReport('wrong_content_type');
  const boundary = parameters.get('boundary') ?? '';
  if (boundary === '') throw new MalformedReport('no_boundary');
  const length = header(request, 'content-length');
  if (header(request, 'transfer-encoding') === undefined && !(Number(length) > 0)) {
    throw new MalformedReport('no_content_length');
  }
  if (Number(length) > config.maxBodySize) throw new ReportTooLarge(config.maxBodySize);
  return { boundary, isGzip: header(request, 'content-encoding')?.trim().toLowerCase() === 'gzip' };
}

function unpack(
  request: Request,
  body: BodyFacts,
  wire: { size: number },
  config: CollectorConfig,
): AsyncIterable<Uint8Array> {
  const counted = countWire(request.stream, wire, config.maxBodySize);
  if (!body.isGzip) return counted;
  return gunzip(counted, { maxSize: config.maxUnpackedSize, maxRatio: config.maxUnpackRatio });
}

async function* countWire(
  stream: AsyncIterable<Uint8Array>,
  wire: { size: number },
  limit: number,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    wire.size += chunk.byteLength;
    if (wire.size > limit) throw new ReportTooLarge(limit);
    yield chunk;
  }
}

interface Arrived {
  form: ReceivedForm;
  openDraft: () => Promise<ReportDraft>;
  body: BodyFacts;
  door: Door;
  wireSize: number;
}

async function decideAndStore(intake: Intake, request: Request, arrived: Arrived): Promise<HttpResponse> {
  const { form } = arrived;
  const query = queryAnnotations(request.url);
  for (const [name, value] of query) if (!form.annotations.has(name)) form.annotations.set(name, value);
  if (form.annotations.size === 0) throw new MalformedReport('no_annotations');

  let preset: CrashId | null = null;
  if (form.annotations.has('uuid')) {
    if (!mayPresetId(header(request, 'authorization'), intake.config.submitterToken)) {
      intake.counts.add('unauthorized', 'uuid');
      return answer.unauthorizedId();
    }
    preset = presetId(form.annotations.get('uuid'));
    form.annotations.delete('uuid');
  }

  const { identity, notes } = decideIdentity(form.annotations, query, intake.installKey);
  intake.keys.require(identity.product, givenKey(request, arrived.door.key));
  await intake.limits.countProduct(identity.product);
  form.notes.push(...notes);
  for (const name of intake.config.removeAnnotations) {
    if (form.annotations.delete(name)) form.notes.push(`Removed ${name} from raw crash.`);
  }
  const annotations: Record<string, JsonValue> = Object.fromEntries(form.annotations);
  intake.recent.add({ annotations, identity, chance: intake.random.fraction() });
  const decision = intake.throttler.decide({ annotations, identity });
  if (decision.verdict === 'reject') {
    intake.counts.add('rejected', decision.rule);
    return answer.throttled(decision.rule);
  }

  // One reading of the clock gives id, folder and timestamp.
  const now = intake.clock.now();
  const crashId = preset ?? makeCrashId(intake.random.bytes(16), now, throttleDigit[decision.verdict]);
  if (decision.verdict === 'fakeAccept') {
    intake.counts.add('fake_accepted', decision.rule);
    return answer.accepted(crashId, arrived.door.answers);
  }

  const raw: RawCrash = {
    crashId,
    submittedTimestamp: new Date(now).toISOString(),
    annotations,
    metadata: {
      payload: form.payload,
      payload_compressed: arrived.body.isGzip ? '1' : '0',
      payload_size: arrived.wireSize,
      collector_notes: form.notes,
      dump_checksums: Object.fromEntries(form.parts.map((part) => [part.name, part.sha256])),
      user_agent: (header(request, 'user-agent') ?? '').slice(0, 500),
      throttle_rule: decision.rule,
      identity,
    },
    parts: form.parts,
  };
  const draft = await arrived.openDraft();
  await draft.commit({ raw, pending: pendingMark(crashId, now, decision) });
  if (decision.verdict === 'accept') await publish(intake, request, crashId);
  intake.bus.emit(subjects.crashReceived, {
    crashId,
    product: identity.product,
    signature: '',
    status: decision.verdict === 'defer' ? 'deferred' : 'pending',
  });
  intake.counts.add(decision.verdict === 'defer' ? 'deferred' : 'accepted', decision.rule);
  return answer.accepted(crashId, arrived.door.answers);
}

function pendingMark(crashId: CrashId, since: number, decision: ThrottleDecision): PendingMark {
  const state = decision.verdict === 'defer' ? 'deferred' : 'pending';
  return { crashId, run: 1, lane: 'normal', ruleset: 'default', reason: 'received', since, state };
}

/** The mark is durable already: what can't be published now is published by the reconciler. */
async function publish(intake: Intake, request: Request, crashId: CrashId): Promise<void> {
  try {
    await intake.bus.publish(subjects.process('normal'), processMessageId(crashId, 1, 'normal'), {
      crashId,
      run: 1,
      ruleset: 'default',
      reason: 'received',
    });
  } catch (error) {
    request.logger.warn({ crashId: displayCrashId(crashId), err: error }, 'stored, but not published yet');
  }
}

/** Crashpad sends product, version and guid in the address. The first of equal names counts. */
function queryAnnotations(url: string): Map<string, string> {
  const annotations = new Map<string, string>();
  const mark = url.indexOf('?');
  if (mark < 0) return annotations;
  for (const [name, value] of new URLSearchParams(url.slice(mark + 1))) {
    if (name === '' || name === 'uuid' || keyParameters.has(name)) continue;
    if (!annotations.has(name)) annotations.set(name, value);
  }
  return annotations;
}

function refuse(error: unknown, request: Request, counts: Counts): HttpResponse {
  if (error instanceof MalformedReport) {
    counts.add('malformed', error.reason);
    return answer.malformed(error.reason);
  }
  if (error instanceof ReportTooLarge) {
    counts.add('too_large', 'too_large');
    return answer.tooLarge();
  }
  if (error instanceof WrongSubmitKey) {
    counts.add('unauthorized', 'submit_key');
    return answer.wrongSubmitKey();
  }
  if (error instanceof RefusedPost) {
    counts.add(error.kind, error.reason);
    return error.kind === 'limited' ? answer.limited(error.reason, error.seconds) : answer.unavailable(error.seconds);
  }
  if (isFaultlineError(error)) {
    if (error.code === 'CRASH_EXISTS') {
      counts.add('malformed', 'invalid_uuid');
      return answer.malformed('invalid_uuid');
    }
    counts.add('unavailable', error.code);
    request.logger.error({ code: error.code, err: error }, 'a crash report could not be stored');
    return answer.unavailable(retryAfter);
  }
  counts.add('aborted', 'connection');
  throw error;
}

function header(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
