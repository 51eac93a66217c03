import { MalformedReport } from '../malformed-report.js';
import { parseMediaType } from './media-type.js';

/** What a part says of itself. */
export interface PartHeaders {
  /** Null when there is no Content-Disposition or no name in it. */
  name: string | null;
  /** Null when the part is not a file. */
  filename: string | null;
  /** Lower case, without parameters; null when the part gives none. */
  contentType: string | null;
}

/**
 * Blocks seen before: a client names the same annotations in each report, and reading them again costs more than the
 * rest of the parser. Only short ones without a file name, which differs from post to post.
 */
const known = new Map<string, Readonly<PartHeaders>>();
const knownLimit = 1000;
const knownSize = 120;

/** @param block the header lines of one part, CRLF between them */
export function parsePartHeaders(block: Buffer): Readonly<PartHeaders> {
  if (block.length > knownSize) return readHeaders(block);
  const key = block.toString('latin1');
  const seen = known.get(key);
  if (seen !== undefined) return seen;
  const headers = readHeaders(block);
  if (headers.filename === null) {
    if (known.size >= knownLimit) known.clear();
    known.set(key, headers);
  }
  return headers;
}

/**
 * Folklore: form encoders do not agree on quoting. Browsers percent-encode `"` in names, curl escapes it with a
 * backslash, .NET leaves names without quotes. Sighting: `multipart-parser.test.ts`. Handling: quotes and backslashes
 * are taken off, percent signs are left alone, since a real name may hold one ("Add%20ons").
 */
function readHeaders(block: Buffer): PartHeaders {
  const headers: PartHeaders = { name: null, filename: null, contentType: null };
  for (const line of block.toString('utf8').split('\r\n')) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon <= 0 || line.includes('\n')) throw new MalformedReport('invalid_payload_structure');
    const value = line.slice(colon + 1).trim();
    switch (line.slice(0, colon).trim().toLowerCase()) {
      case 'content-disposition': {
        const { parameters } = parseMediaType(value);
        headers.name = parameters.get('name') ?? null;
        headers.filename = parameters.get('filename') ?? null;
        break;
      }
      case 'content-type':
        headers.contentType = parseMediaType(value).type;
        break;
    }
  }
  return headers;
}
