import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MultipartParser } from '../../../../plugins/collector/src/form/multipart-parser.js';
import type { PartHeaders } from '../../../../plugins/collector/src/form/part-headers.js';
import { MalformedReport } from '../../../../plugins/collector/src/malformed-report.js';

interface Part {
  headers: PartHeaders;
  body: string;
}

/** Parses a body given in pieces; part bodies as latin1 text. */
function parse(pieces: Uint8Array[], boundary = 'B'): Part[] {
  const parser = new MultipartParser(boundary);
  const parts: Part[] = [];
  for (const piece of pieces) {
    for (const event of parser.push(piece)) {
      if (event.kind === 'whole') parts.push({ headers: event.headers, body: event.bytes.toString('latin1') });
      else if (event.kind === 'part') parts.push({ headers: event.headers, body: '' });
      else if (event.kind === 'data') parts[parts.length - 1]!.body += event.bytes.toString('latin1');
    }
  }
  parser.end();
  return parts;
}

const text = (...lines: string[]) => Buffer.from(lines.join('\r\n'), 'latin1');
const reason = (run: () => unknown) => {
  try {
    run();
  } catch (error) {
    if (error instanceof MalformedReport) return error.reason;
    throw error;
  }
  return 'no error';
};

describe('MultipartParser', () => {
  it('gives each part with its name, file name and type', () => {
    const body = text(
      '--B',
      'Content-Disposition: form-data; name="ProductName"',
      '',
      'Demo',
      '--B',
      'Content-Disposition: form-data; name="upload_file_minidump"; filename="a b.dmp"',
      'Content-Type: application/octet-stream',
      '',
      'MDMP\0\xff',
      '--B--',
      '',
    );
    expect(parse([body])).toEqual([
      { headers: { name: 'ProductName', filename: null, contentType: null }, body: 'Demo' },
      {
        headers: { name: 'upload_file_minidump', filename: 'a b.dmp', contentType: 'application/octet-stream' },
        body: 'MDMP\0\xff',
      },
    ]);
  });

  it('gives the same parts however the body is cut into chunks', () => {
    const part = fc.record({
      name: fc.stringMatching(/^[A-Za-z]{1,8}$/),
      body: fc.stringMatching(/^[\r\n\-Bx]{0,40}$/),
    });
    const bodies = fc.array(
      part.filter(({ body }) => !`\r\n${body}\r\n`.includes('\r\n--B')),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(bodies, fc.array(fc.nat({ max: 30 }), { maxLength: 20 }), (wanted, cuts) => {
        const body = Buffer.concat([
          ...wanted.map(({ name, body }) =>
            text('--B', `Content-Disposition: form-data; name="${name}"`, '', body, ''),
          ),
          text('--B--', ''),
        ]);
        const pieces: Buffer[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(body.subarray(at, at + cut));
          at += cut;
        }
        pieces.push(body.subarray(at));
        expect(parse(pieces).map(({ headers, body }) => ({ name: headers.name, body }))).toEqual(wanted);
      }),
      { numRuns: 300 },
    );
  });

  it('takes a body that arrives byte by byte', () => {
    const body = text('--B', 'Content-Disposition: form-data; name="a"', '', '1\r\n--', '--B--');
    expect(parse([...body].map((byte) => Uint8Array.of(byte)))[0]?.body).toBe('1\r\n--');
  });

  it('passes over a preamble and an epilogue', () => {
    const body = text('hello', '--B', 'Content-Disposition: form-data; name="a"', '', '1', '--B--', 'bye');
    expect(parse([body])).toHaveLength(1);
  });

  it('takes a part without a body, whose delimiter shares the blank line', () => {
    const body = text('--B', 'Content-Disposition: form-data; name="a"', '', '--B', 'X-A: b', '', '2', '--B--');
    expect(parse([body]).map((part) => part.body)).toEqual(['', '2']);
    expect(parse([...body].map((byte) => Uint8Array.of(byte))).map((part) => part.body)).toEqual(['', '2']);
  });

  it('reads names without quotes and with escaped quotes, and leaves percent signs alone', () => {
    const name = (disposition: string) =>
      parse([text('--B', `Content-Disposition: ${disposition}`, '', '', '--B--')])[0]?.headers.name;
    expect(name('form-data; name=Add%20ons')).toBe('Add%20ons');
    expect(name('form-data; name="a\\"b"; filename="c"')).toBe('a"b');
    expect(name('form-data; filename="name=\\"x\\""; name="real"')).toBe('real');
    expect(name('form-data')).toBeNull();
  });

  it.each([
    ['junk', Buffer.from('foobarbaz')],
    ['another boundary', text('--C', 'Content-Disposition: form-data; name="a"', '', '1', '--C--', '')],
    ['a body cut before its last delimiter', text('--B', 'Content-Disposition: form-data; name="a"', '', '1', '')],
    ['a body cut in the headers', text('--B', 'Content-Disposition: form-da')],
    ['lines that end in LF', Buffer.from('--B\nContent-Disposition: form-data; name="a"\n\n1\n--B--\n')],
    [
      'a header line without a colon',
      text('--B', 'Content-Disposition: form-data; name="X"', 'value', '', '', '--B--'),
    ],
    ['headers of 20 KB', text('--B', `Content-Disposition: form-data; name="${'N'.repeat(20_000)}"`, '', 'x', '--B--')],
    ['text behind a delimiter', text('--Bx', 'Content-Disposition: form-data; name="a"', '', '1', '--B--')],
  ])('refuses %s', (_, body) => {
    expect(reason(() => parse([body]))).toBe('invalid_payload_structure');
  });

  it('never throws anything but MalformedReport, whatever the bytes', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .constantFrom('--B', '\r\n--B', '\r\n--B--', '\r\n', '\r\n\r\n', 'Content-Disposition: form-data; name="a"')
        .map((t) => text(t)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(['no error', 'invalid_payload_structure']).toContain(reason(() => parse(pieces)));
      }),
      { numRuns: 500 },
    );
  });
});
