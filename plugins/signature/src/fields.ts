import type { FieldDefinition } from '@faultline/sdk/field-definition';

/** What this plugin writes, and what a client may say that only signatures use. */
export const signatureFields: FieldDefinition[] = [
  {
    id: 'signature',
    title: 'Signature',
    type: 'string',
    description:
      'The text that groups crashes: the functions that tell one cause from another, at most 255 characters.',
    permission: 'public',
  },
  {
    id: 'proto_signature',
    title: 'Proto signature',
    type: 'string',
    description: 'Names of the topmost 40 frames of the crashing thread, inlined calls included, none left out.',
    permission: 'public',
  },
  {
    id: 'signature_explanation',
    title: 'Why this signature',
    type: 'stored',
    description: 'What became of each frame, by which line of which list, and what each rule made of the signature.',
    permission: 'public',
  },
  {
    id: 'abort_message',
    title: 'Abort message',
    type: 'string',
    description: 'What the program said when it ended itself.',
    annotation: 'AbortMessage',
    permission: 'public',
  },
  {
    id: 'hang',
    title: 'Hang',
    type: 'keyword',
    description: 'Kind of hang that the client reported, in its own words; absent for crashes.',
    annotation: 'Hang',
    permission: 'public',
  },
];
