import { FaultlineError } from '@faultline/sdk/errors';

/** Longest line, in characters: crash data of a thousand threads has some 20 MB. */
const maxLength = 256 * 1024 * 1024;

/** The lines of a stream, without their ends. */
export async function* inputLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest: string[] = [];
  let length = 0;
  for await (const bytes of stream) {
    const pieces = decoder.decode(bytes, { stream: true }).split('\n');
    for (const [index, piece] of pieces.entries()) {
      rest.push(piece);
      length += piece.length;
      if (length > maxLength) throw tooLong();
      if (index === pieces.length - 1) break;
      yield rest.join('');
      rest = [];
      length = 0;
    }
  }
  rest.push(decoder.decode());
  yield rest.join('');
}

/** Everything in a stream, as one text. */
export async function inputText(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  const pieces: string[] = [];
  let length = 0;
  for await (const bytes of stream) {
    const piece = decoder.decode(bytes, { stream: true });
    length += piece.length;
    if (length > maxLength) throw tooLong();
    pieces.push(piece);
  }
  return pieces.join('') + decoder.decode();
}

function tooLong(): FaultlineError {
  return new FaultlineError('TooLarge', 'INPUT_TOO_LARGE', `The crash data has more than ${maxLength} characters`);
}
