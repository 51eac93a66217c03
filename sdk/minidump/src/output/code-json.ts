import type { CodeLine } from '../disassembly/index.js';
import { hexBytes } from '../reader/streams/code-view.js';
import type { AddressText } from './address-text.js';
import type { JsonObject } from './json-value.js';

/**
 * Instructions around a frame, by address. Keys that say nothing are left out: `is_current` when false, `target` where
 * none is known. `text` is null where the decoder knows no instruction.
 */
export function codeJson(lines: readonly CodeLine[], address: AddressText): JsonObject[] {
  return lines.map((line) => {
    const json: JsonObject = { address: address(line.address), bytes: hexBytes(line.bytes) };
    if (line.isCurrent) json['is_current'] = true;
    if (line.target !== null) json['target'] = address(line.target);
    json['text'] = line.text;
    return json;
  });
}
