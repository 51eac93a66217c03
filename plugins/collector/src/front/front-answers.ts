/** The server's side of posts that fronts read: their second half, and the numbers that all processes share. */
import { availableParallelism } from 'node:os';
import type { FrontMessage, HttpFront, Logger } from '@faultline/sdk';
import { RefusedPost } from '../admission/refused-post.js';
import type { CollectorConfig } from '../config.js';
import { refuse } from '../refusal.js';
import { decideAndStore, LazyDraft, type Intake } from '../submission.js';
import type { AddressAnswer, FrontQuestion, PostAnswer, PostFrontOptions, TravellingPost } from './front-messages.js';

/** Fronts for posts; null where the store can't take parts over, or the configuration wants none. */
export function postFronts(intake: Intake, dataFolder: string, logger: Logger): HttpFront | null {
  const { config, budget, gate } = intake;
  const receiver = intake.storage.partReceiver?.();
  const processes = frontCount(config.processes);
  if (receiver === undefined || processes.most === 0) return null;
  const bodiesInFlight = Math.floor(config.bodiesInFlight / (processes.most + 1));
  const postsInFlight = Math.ceil(config.postsInFlight / (processes.most + 1));
  const { maxBodySize, maxUnpackedSize, maxUnpackRatio, maxParts, maxAnnotationSize, maxJsonSize } = config;
  const options: PostFrontOptions = {
    limits: { maxBodySize, maxUnpackedSize, maxUnpackRatio, maxParts, maxAnnotationSize, maxJsonSize },
    bodiesInFlight,
    postsInFlight,
    minFreeSpace: config.minFreeSpace,
    dataFolder,
    limitsAddresses: config.reportsPerAddress > 0,
    receiver,
  };
  return {
    id: 'collector/posts',
    module: new URL('./post-front.js', import.meta.url).href,
    options: { ...options, limits: { ...options.limits } },
    processes,
    answer: (question) => answerFront(intake, question, logger),
    onCount(running) {
      budget.limit = config.bodiesInFlight - running * bodiesInFlight;
      gate.postsInFlight = Math.max(1, config.postsInFlight - running * postsInFlight);
    },
  };
}

function frontCount(processes: CollectorConfig['processes']): HttpFront['processes'] {
  if (typeof processes === 'number') return { most: processes - 1, always: true };
  // Measured on two cores: what a front costs beside the server is more than what it takes off it.
  const most = processes === 'auto' ? Math.max(1, availableParallelism() - 1) : Number(processes.slice('auto:'.length));
  return { most: most - 1, always: false };
}

async function answerFront(intake: Intake, { data, bytes }: FrontMessage, logger: Logger): Promise<object> {
  // Fronts are our own program of the same version.
  const question = data as FrontQuestion;
  switch (question.kind) {
    case 'post':
      return { response: await takePost(intake, question.post, bytes, logger) } satisfies PostAnswer;
    case 'address':
      return { refusedFor: await refusedFor(intake, question.address) } satisfies AddressAnswer;
    case 'count':
      intake.counts.add(question.outcome, question.reason);
      return {};
  }
}

async function takePost(intake: Intake, post: TravellingPost, bytes: readonly Uint8Array[], logger: Logger) {
  const draft = new LazyDraft(intake.storage);
  try {
    for (const { summary, content } of post.parts) {
      const opened = await draft.open();
      opened.adoptPart?.({ summary, content: 'file' in content ? content : { bytes: bytes[content.at] ?? nothing } });
    }
    const annotations = new Map(post.form.annotations);
    const form = { ...post.form, annotations, parts: post.parts.map(({ summary }) => summary) };
    return await decideAndStore(intake, { ...post, form }, draft, logger);
  } catch (error) {
    return refuse(error, logger, (outcome, reason) => intake.counts.add(outcome, reason));
  } finally {
    await draft.discard();
  }
}

const nothing = new Uint8Array(0);

async function refusedFor({ limits }: Intake, address: string): Promise<number | null> {
  try {
    await limits.countAddress(address);
    return null;
  } catch (error) {
    if (error instanceof RefusedPost) return error.seconds;
    throw error;
  }
}
