import { FaultlineError } from '@faultline/sdk/errors';

/** One field of a message: a varint (or fixed number), or bytes, which may be a message or text. */
export interface ProtobufField {
  number: number;
  value: bigint | Uint8Array;
}

/** What a varint takes at most. */
const longestVarint = 10;
/** Hostile messages may consist of empty fields. */
const mostFields = 65_536;

/**
 * Fields of a Protocol Buffers message in the order of its bytes (protobuf.dev, "Encoding"). Groups, which no message
 * here has, and truncated fields throw `PROTOBUF_MALFORMED`.
 */
export function protobufFields(message: Uint8Array): ProtobufField[] {
  const data = new DataView(message.buffer, message.byteOffset, message.byteLength);
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let index = 0; index < longestVarint && at < message.byteLength; index++) {
      const byte = data.getUint8(at++);
      value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed('a number does not end');
  };
  const bytes = (length: bigint): Uint8Array => {
    if (length > BigInt(message.byteLength - at)) throw malformed('a field ends behind its message');
    at += Number(length);
    return message.subarray(at - Number(length), at);
  };
  const fixed = (size: 4 | 8): bigint => {
    const from = bytes(BigInt(size)).byteOffset - message.byteOffset;
    return size === 8 ? data.getBigUint64(from, true) : BigInt(data.getUint32(from, true));
  };
  while (at < message.byteLength) {
    if (fields.length === mostFields) throw malformed(`it has more than ${mostFields} fields`);
    const tag = varint();
    const number = Number(tag >> 3n);
    const wireType = Number(tag & 7n);
    if (wireType === 0) fields.push({ number, value: varint() });
    else if (wireType === 1) fields.push({ number, value: fixed(8) });
    else if (wireType === 2) fields.push({ number, value: bytes(varint()) });
    else if (wireType === 5) fields.push({ number, value: fixed(4) });
    else throw malformed(`a field has wire type ${wireType}`);
  }
  return fields;
}

function malformed(why: string): FaultlineError {
  return new FaultlineError('Malformed', 'PROTOBUF_MALFORMED', `The message can't be read: ${why}`);
}
