import { FaultlineError } from './errors.js';
import type { RandomAccessSource } from './random-access-source.js';

export interface HttpRangeOptions {
  /** Sent with every request, e.g. `Auth-Token`. */
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * A resource of a server that answers range requests (RFC 9110, 14): a dump or a symbol index is read where it lies.
 * The first request asks for one byte and learns the size; a resource that changes later is noticed by its size or
 * entity tag.
 *
 * @throws FaultlineError `HTTP_RANGE_REFUSED` (no such resource, or no ranges), `HTTP_RANGE_CHANGED` from reads;
 *   what `fetch` throws when there is no answer at all
 */
export async function openHttpRangeSource(url: string, options: HttpRangeOptions = {}): Promise<RandomAccessSource> {
  const first = await requestRange(url, { ...options, offset: 0, length: 1 });
  const { size, tag } = first;
  return {
    size,
    async read(offset, length, signal = options.signal) {
      const wanted = Math.min(length, size - offset);
      if (wanted <= 0) return new Uint8Array();
      const answer = await requestRange(url, { ...options, ...(signal && { signal }), offset, length: wanted });
      if (answer.size === size && answer.tag === tag && answer.bytes.byteLength === wanted) return answer.bytes;
      throw new FaultlineError('Malformed', 'HTTP_RANGE_CHANGED', `What ${url} gives changed while it was read.`);
    },
  };
}

interface RangeAnswer {
  bytes: Uint8Array;
  size: number;
  tag: string | null;
}

async function requestRange(
  url: string,
  { headers, signal, offset, length }: HttpRangeOptions & { offset: number; length: number },
): Promise<RangeAnswer> {
  const range = { Range: `bytes=${offset}-${offset + length - 1}` };
  const response = await fetch(url, { headers: { ...headers, ...range }, ...(signal && { signal }) });
  const total = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers.get('content-range') ?? '');
  if (response.status !== 206 || total === null || Number(total[1]) !== offset) {
    await response.body?.cancel();
    throw new FaultlineError('Unavailable', 'HTTP_RANGE_REFUSED', `${url} gives no ranges: HTTP ${response.status}.`);
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { bytes, size: Number(total[2]), tag: response.headers.get('etag') };
}
