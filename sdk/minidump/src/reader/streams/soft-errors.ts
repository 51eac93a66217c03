import { decodeUtf8 } from '../byte-view.js';
import { defineStream } from '../stream-definition.js';

/** Mozilla's stream of errors met while writing the dump: any JSON value. Text that is no JSON is a problem. */
export const softErrors = defineStream<unknown>(0x4d7a0004, (stream): unknown => JSON.parse(decodeUtf8(stream.bytes)));
