/**
 * One post to `/submit`, from its headers to the answer. The order is the promise: parts and raw crash are durable
 * before the work is published, and published before the crash id is answered.
 */
import {
  displayCrashId,
  makeCrashId,
  processMessageId,
  subjects,
  throttleDigit,
  type Bus,
  type Clock,
  type CrashId,
  type CrashStorage,
  type FrontRequest,
  type HttpResponse,
  type JsonValue,
  type Logger,
  type PendingMark,
  type Random,
  type RawCrash,
  type ReportDraft,
} from '@faultline/sdk';
import * as answer from './answers.js';
import type { Counts } from './admission/counts.js';
import type { Gate } from './admission/gate.js';
import type { RateLimits } from './admission/rate-limits.js';
import { givenKey, keyParameters, type SubmitKeys } from './admission/submit-keys.js';
import type { BodyBudget } from './body-budget.js';
import type { CollectorConfig } from './config.js';
import { decideIdentity } from './identity.js';
import { MalformedReport } from './malformed-report.js';
import { mayPresetId, presetId } from './preset-id.js';
import { frontDoor, receivePost, type Door, type ReceivedPost } from './received-post.js';
import { refuse } from './refusal.js';
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

/** A post that this process reads itself. */
export async function submit(intake: Intake, request: FrontRequest, door: Door = frontDoor): Promise<HttpResponse> {
  let leave = () => {};
  const draft = new LazyDraft(intake.storage);
  try {
    leave = await intake.gate.enter(request.remoteAddress);
    const post = await receivePost(request, door, {
      limits: intake.config,
      budget: intake.budget,
      addPart: async (part) => (await draft.open()).addPart(part),
    });
    return await decideAndStore(intake, post, draft, request.logger);
  } catch (error) {
    return refuse(error, request.logger, (outcome, reason) => intake.counts.add(outcome, reason));
  } finally {
    leave();
    await draft.discard();
  }
}

/** A post without a binary part needs none before it is stored. */
export class LazyDraft {
  #draft: ReportDraft | null = null;

  constructor(private readonly storage: Pick<CrashStorage, 'openDraft'>) {}

  async open(): Promise<ReportDraft> {
    return (this.#draft ??= await this.storage.openDraft());
  }

  /** After a commit this finds nothing left to drop. */
  async discard(): Promise<void> {
    await this.#draft?.discard();
  }
}

/** The second half of a post. Throws what `refuse` has answers for. */
export async function decideAndStore(
  intake: Intake,
  post: ReceivedPost,
  draft: LazyDraft,
  logger: Logger,
): Promise<HttpResponse> {
  const { form, headers } = post;
  intake.counts.receivedBytes += post.wireSize;
  const query = queryAnnotations(post.url);
  for (const [name, value] of query) if (!form.annotations.has(name)) form.annotations.set(name, value);
  if (form.annotations.size === 0) throw new MalformedReport('no_annotations');

  let preset: CrashId | null = null;
  if (form.annotations.has('uuid')) {
    if (!mayPresetId(headers.authorization, intake.config.submitterToken)) {
      intake.counts.add('unauthorized', 'uuid');
      return answer.unauthorizedId();
    }
    preset = presetId(form.annotations.get('uuid'));
    form.annotations.delete('uuid');
  }

  const { identity, notes } = decideIdentity(form.annotations, query, intake.installKey);
  intake.keys.require(identity.product, givenKey(post));
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
    return answer.accepted(crashId, post.door.answers);
  }

  const raw: RawCrash = {
    crashId,
    submittedTimestamp: new Date(now).toISOString(),
    annotations,
    metadata: {
      payload: form.payload,
      payload_compressed: post.isGzip ? '1' : '0',
      payload_size: post.wireSize,
      collector_notes: form.notes,
      dump_checksums: Object.fromEntries(form.parts.map((part) => [part.name, part.sha256])),
      user_agent: (headers['user-agent'] ?? '').slice(0, 500),
      throttle_rule: decision.rule,
      identity,
    },
    parts: form.parts,
  };
  const opened = await draft.open();
  await opened.commit({ raw, pending: pendingMark(crashId, now, decision) });
  if (decision.verdict === 'accept') await publish(intake, logger, crashId);
  intake.bus.emit(subjects.crashReceived, {
    crashId,
    product: identity.product,
    signature: '',
    status: decision.verdict === 'defer' ? 'deferred' : 'pending',
  });
  intake.counts.add(decision.verdict === 'defer' ? 'deferred' : 'accepted', decision.rule);
  return answer.accepted(crashId, post.door.answers);
}

function pendingMark(crashId: CrashId, since: number, decision: ThrottleDecision): PendingMark {
  const state = decision.verdict === 'defer' ? 'deferred' : 'pending';
  return { crashId, run: 1, lane: 'normal', ruleset: 'default', reason: 'received', since, state };
}

/** The mark is durable already: what can't be published now is published by the reconciler. */
async function publish(intake: Intake, logger: Logger, crashId: CrashId): Promise<void> {
  try {
    await intake.bus.publish(subjects.process('normal'), processMessageId(crashId, 1, 'normal'), {
      crashId,
      run: 1,
      ruleset: 'default',
      reason: 'received',
    });
  } catch (error) {
    logger.warn({ crashId: displayCrashId(crashId), err: error }, 'stored, but not published yet');
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
