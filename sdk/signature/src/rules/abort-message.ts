import { textOf } from '../crash-data.js';
import { isLongerThan, trimSpace } from '../names/unicode-text.js';
import { printableOnly } from './printable.js';
import type { SignatureRule } from './signature-rule.js';

const maxLength = 80;
const mark = '###!!! ABORT:';

/** Programs that end themselves say why; crashes with one message belong together. */
export const abortMessage: SignatureRule = {
  name: 'AbortSignature',
  title: 'Puts the message that the program ended itself with before the signature.',
  applies: ({ crash }) => textOf(crash.abort_message) !== '',
  apply({ crash, signature }) {
    const message = shortMessage(textOf(crash.abort_message));
    return { signature: message === null ? `Abort | ${signature}` : `Abort | ${message} | ${signature}` };
  },
};

/**
 * What is the same in all crashes of one cause: without the source file, names of fonts, odd characters; null when the
 * message is only a place in the source.
 */
function shortMessage(message: string): string | null {
  if (message.includes(`${mark} file `)) return null;
  let text = message.includes(mark) ? message.slice(message.indexOf(mark) + mark.length) : message;
  if (text.includes(': file ')) text = text.slice(0, text.indexOf(': file '));
  if (text.includes('unable to find a usable font')) text = withoutParenthesised(text);
  text = trimSpace(printableOnly(text));
  return isLongerThan(text, maxLength) ? `${text.slice(0, maxLength - 3)}...` : text;
}

/** From the first opening parenthesis to the last closing one; where that stands before it, as Socorro cuts. */
function withoutParenthesised(text: string): string {
  const start = text.indexOf('(');
  const end = text.lastIndexOf(')');
  return start >= 0 && end >= 0 ? text.slice(0, start) + text.slice(end + 1) : text;
}
