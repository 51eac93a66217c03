import { listOf, textOf } from '../crash-data.js';
import type { CrashData } from '../crash-data.js';
import { firstCodePoints } from '../names/unicode-text.js';
import type { SignatureRule } from './signature-rule.js';

/** Characters of the error that are shown. */
const maxErrorLength = 100;

export const ipcChannelError: SignatureRule = {
  name: 'SignatureIPCChannelError',
  title: 'Replaces the signature by the error of the channel between two processes.',
  applies: ({ crash }) => textOf(crash.ipc_channel_error) !== '',
  apply({ crash }) {
    const side = hasBrowserDump(crash) ? 'browser' : 'content';
    const error = firstCodePoints(textOf(crash.ipc_channel_error), maxErrorLength);
    return { signature: `IPCError-${side} | ${error}`, notes: ['IPC Channel Error stomped on signature'] };
  },
};

function hasBrowserDump({ additional_minidumps: dumps }: CrashData): boolean {
  const names = typeof dumps === 'string' ? dumps.split(',').map((name) => name.trim()) : listOf(dumps);
  return names.includes('upload_file_minidump_browser');
}

export const ipcMessageName: SignatureRule = {
  name: 'SignatureIPCMessageName',
  title: 'Adds the name of the message that was handled.',
  applies: ({ crash }) => textOf(crash.ipc_message_name) !== '',
  apply: ({ crash, signature }) => ({
    signature: `${signature} | IPC_Message_Name=${textOf(crash.ipc_message_name)}`,
  }),
};
