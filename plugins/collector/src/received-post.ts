/** The first half of a post: from its headers to a form that was read whole. Runs in the server and in its fronts. */
import type { Bytes, FrontRequest, PartWriter } from '@faultline/sdk';
import type { BodyBudget } from './body-budget.js';
import { BodyRemains, youngCollection } from './body-remains.js';
import { gunzip } from './form/gunzip.js';
import { parseMediaType } from './form/media-type.js';
import { FormReader, type FormLimits, type ReceivedForm } from './form/read-form.js';
import { MalformedReport, ReportTooLarge } from './malformed-report.js';

/** Which of the paths a post came in by. */
export interface Door {
  /** The submit key in the path; "" when there is none. */
  key: string;
  /** How the crash id is answered: as Antenna does, or bare, as clients of Sentry-style paths expect it. */
  answers: 'CrashID' | 'bare id';
}

export const frontDoor: Door = { key: '', answers: 'CrashID' };

/** Headers that what follows looks at. */
const lookedAt = ['authorization', 'user-agent', 'x-faultline-key', 'x-sentry-auth'] as const;

export interface ReceivedPost {
  form: ReceivedForm;
  door: Door;
  isGzip: boolean;
  /** Bytes on the wire. */
  wireSize: Bytes;
  url: string;
  headers: Partial<Record<(typeof lookedAt)[number], string>>;
}

export interface ReceivingLimits extends FormLimits {
  maxBodySize: Bytes;
  maxUnpackedSize: Bytes;
  maxUnpackRatio: number;
}

/** Where the bytes of a post go. */
export interface Receiving {
  limits: ReceivingLimits;
  budget: BodyBudget;
  addPart(part: { name: string; filename: string; contentType: string }): PartWriter | Promise<PartWriter>;
}

const remains = new BodyRemains(youngCollection());

type Request = Pick<FrontRequest, 'url' | 'headers' | 'stream'>;

/** Throws `MalformedReport`, `ReportTooLarge`; whatever the stream or a part's writer throws passes through. */
export async function receivePost(request: Request, door: Door, receiving: Receiving): Promise<ReceivedPost> {
  const { limits, budget } = receiving;
  const body = describeBody(request, limits);
  const wire = { size: 0 };
  const reader = new FormReader((part) => receiving.addPart(part), limits, budget);
  const form = await reader.read(unpack(request, body, wire, limits), body.boundary);
  const headers: ReceivedPost['headers'] = {};
  for (const name of lookedAt) {
    const value = headerOf(request, name);
    if (value !== undefined) headers[name] = value;
  }
  return { form, door, isGzip: body.isGzip, wireSize: wire.size, url: request.url, headers };
}

interface BodyFacts {
  boundary: string;
  isGzip: boolean;
}

/** Judges the headers, before a byte of the body is read. */
function describeBody(request: Request, { maxBodySize }: ReceivingLimits): BodyFacts {
  const contentType = headerOf(request, 'content-type');
  if (contentType === undefined || contentType === '') throw new MalformedReport('no_content_type');
  const { type, parameters } = parseMediaType(contentType);
  if (type !== 'multipart/form-data' && type !== 'multipart/mixed') throw new MalformedReport('wrong_content_type');
  const boundary = parameters.get('boundary') ?? '';
  if (boundary === '') throw new MalformedReport('no_boundary');
  const length = headerOf(request, 'content-length');
  if (headerOf(request, 'transfer-encoding') === undefined && !(Number(length) > 0)) {
    throw new MalformedReport('no_content_length');
  }
  if (Number(length) > maxBodySize) throw new ReportTooLarge(maxBodySize);
  return { boundary, isGzip: headerOf(request, 'content-encoding')?.trim().toLowerCase() === 'gzip' };
}

function unpack(
  request: Request,
  body: BodyFacts,
  wire: { size: number },
  limits: ReceivingLimits,
): AsyncIterable<Uint8Array> {
  const counted = countWire(request.stream, wire, limits.maxBodySize);
  if (!body.isGzip) return counted;
  return gunzip(counted, { maxSize: limits.maxUnpackedSize, maxRatio: limits.maxUnpackRatio });
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
    // Who asks for the next one is done with it.
    remains.note(chunk.byteLength, wire.size);
  }
}

function headerOf(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}
