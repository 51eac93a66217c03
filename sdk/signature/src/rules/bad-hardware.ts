import { textOf } from '../crash-data.js';
import type { SignatureRule } from './signature-rule.js';

export const badHardware: SignatureRule = {
  name: 'BadHardware',
  title: 'Marks crashes on a device that could not be read (STATUS_DEVICE_DATA_ERROR).',
  applies: ({ crash }) => textOf(crash.reason).includes('STATUS_DEVICE_DATA_ERROR'),
  apply: ({ signature }) => ({ signature: `bad hardware | ${signature}` }),
};
