/**
 * Reads posts in a front process: HTTP, gunzip, form, checksums, large parts into the store's incoming folder. What a
 * post means, and whether it is stored, the server decides; nothing is answered with a crash id before it said so.
 */
import type {
  CreatePartReceiver,
  FrontHandler,
  FrontRequest,
  FrontServer,
  HttpResponse,
  JsonValue,
  PartReceiver,
} from '@faultline/sdk';
import { FreeSpace } from '../admission/free-space.js';
import { Gate } from '../admission/gate.js';
import { RefusedPost } from '../admission/refused-post.js';
import { BodyBudget } from '../body-budget.js';
import { frontDoor, receivePost, type Door, type ReceivedPost } from '../received-post.js';
import { refuse } from '../refusal.js';
import { collectWholeHeapSeldom } from '../whole-collections.js';
import type { AddressAnswer, FrontQuestion, PostAnswer, PostFrontOptions, TravellingPost } from './front-messages.js';

type Part = ReturnType<PartReceiver['open']>;

export default async function postFront(given: JsonValue, server: FrontServer): Promise<FrontHandler> {
  collectWholeHeapSeldom();
  const options = given as JsonValue & PostFrontOptions;
  const { createPartReceiver } = (await import(options.receiver.module)) as { createPartReceiver: CreatePartReceiver };
  const receiver = createPartReceiver(options.receiver.options);
  const budget = new BodyBudget(options.bodiesInFlight);
  const clock = { monotonic: () => performance.now() };
  const ask = (question: FrontQuestion, bytes?: Uint8Array[]) => server.ask(question, bytes);
  const gate = new Gate(options, new FreeSpace(options.dataFolder, clock), {
    countAddress: async (address) => {
      if (!options.limitsAddresses) return;
      const { refusedFor } = (await ask({ kind: 'address', address })) as AddressAnswer;
      if (refusedFor !== null) throw new RefusedPost('limited', 'address', refusedFor);
    },
  });

  async function take(request: FrontRequest, door: Door): Promise<HttpResponse> {
    let leave = () => {};
    const parts: Part[] = [];
    try {
      leave = await gate.enter(request.remoteAddress);
      const post = await receivePost(request, door, {
        limits: options.limits,
        budget,
        addPart: (part) => {
          const opened = receiver.open(part);
          parts.push(opened);
          return opened;
        },
      });
      const { travelling, bytes } = pack(post, parts);
      const { response } = (await ask({ kind: 'post', post: travelling }, bytes)) as PostAnswer;
      return response;
    } catch (error) {
      return refuse(error, request.logger, (outcome, reason) => {
        ask({ kind: 'count', outcome, reason }).catch((failure: unknown) => {
          request.logger.debug({ err: failure, outcome, reason }, 'a refused post could not be counted');
        });
      });
    } finally {
      leave();
      await Promise.all(parts.map((part) => part.discard()));
    }
  }

  return (request) => {
    const door = request.method === 'POST' ? doorOf(request.url) : null;
    return door === null ? null : take(request, door);
  };
}

/** The collector's paths, as its routes have them. Null for any other. */
export function doorOf(url: string): Door | null {
  const path = url.split('?', 1)[0] ?? '';
  const withKey = /^\/submit(?:\/([^/]+))?\/?$/.exec(path);
  if (withKey !== null) return withKey[1] === undefined ? frontDoor : { key: decoded(withKey[1]), answers: 'CrashID' };
  return /^\/api\/[^/]+\/minidump\/?$/.test(path) ? { key: '', answers: 'bare id' } : null;
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    // No key has a percent sign: it fits none as it is.
    return key;
  }
}

/** The last part of a name counts; files go with the post, so that the front no longer removes them. */
function pack(post: ReceivedPost, parts: readonly Part[]): { travelling: TravellingPost; bytes: Uint8Array[] } {
  const bytes: Uint8Array[] = [];
  const last = new Map<string, Part>();
  for (const part of parts) if (part.received !== null) last.set(part.received.summary.name, part);
  const packed: TravellingPost['parts'] = [];
  for (const part of last.values()) {
    if (part.received === null) continue;
    const { summary, content } = part.received;
    if ('file' in content) {
      part.handOver();
      packed.push({ summary, content });
    } else packed.push({ summary, content: { at: bytes.push(content.bytes) - 1 } });
  }
  const { annotations, payload, notes } = post.form;
  const form = { annotations: [...annotations], payload, notes };
  return { travelling: { ...post, form, parts: packed }, bytes };
}
