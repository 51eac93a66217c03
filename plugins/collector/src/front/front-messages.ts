/** What a front asks the server; JSON on its way, so maps travel as entries and bytes beside. */
import type { Bytes, HttpResponse, JsonValue, PartSummary } from '@faultline/sdk';
import type { Outcome } from '../admission/counts.js';
import type { ReceivedPost, ReceivingLimits } from '../received-post.js';

export type FrontQuestion =
  /** A post that was read whole. Answered with a `PostAnswer`. */
  | { kind: 'post'; post: TravellingPost }
  /** May this address post now? Answered with an `AddressAnswer`. */
  | { kind: 'address'; address: string }
  /** A post that the front refused or lost. Answered with {}. */
  | { kind: 'count'; outcome: Outcome; reason: string };

export interface TravellingPost extends Omit<ReceivedPost, 'form'> {
  form: Omit<ReceivedPost['form'], 'annotations' | 'parts'> & { annotations: [string, JsonValue][] };
  /** The content of a part: a file, or the bytes beside at that place. */
  parts: { summary: PartSummary; content: { file: string } | { at: number } }[];
}

export interface PostAnswer {
  response: HttpResponse;
}

export interface AddressAnswer {
  /** Seconds after which it may try again; null when it may post. */
  refusedFor: number | null;
}

/** What a front works by. */
export interface PostFrontOptions {
  limits: ReceivingLimits;
  bodiesInFlight: Bytes;
  postsInFlight: number;
  minFreeSpace: Bytes;
  dataFolder: string;
  limitsAddresses: boolean;
  receiver: { module: string; options: JsonValue };
}
