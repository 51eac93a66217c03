import { list, record, text, type StackFrame } from './stack-model.js';
import { shortAddress } from './stack-text.js';

/** One instruction around a frame's address, as the pane shows it. */
export interface CodeRow {
  address: string;
  /** Two digits a byte; "" when nobody knows how long it is. */
  bytes: string;
  /** With the address where a branch goes in place of the distance; "" when the instruction is not known. */
  text: string;
  /** The instruction at fault, or the call that has not returned. */
  isCurrent: boolean;
}

const mostRows = 64;

/** Empty when the dump did not hold the code. */
export function codeRows({ evidence }: StackFrame): CodeRow[] {
  return list(evidence['code'])
    .slice(0, mostRows)
    .map((value) => {
      const line = record(value);
      const target = shortAddress(text(line['target']));
      const shown = text(line['text']);
      return {
        address: shortAddress(text(line['address'])),
        bytes: text(line['bytes']),
        text: target === '' ? shown : shown.replace(/\$[+-]0x[0-9a-f]+/i, target),
        isCurrent: line['is_current'] === true,
      };
    });
}
