import type { SignatureListName } from '@faultline/signature';

/** What each list is for, for people. */
export const listWords: Readonly<Record<SignatureListName, { title: string; description: string }>> = {
  irrelevant: {
    title: 'Irrelevant',
    description:
      'Frames that say nothing about a crash: they are left out. One expression a line, matched at the start.',
  },
  prefix: {
    title: 'Prefixes',
    description:
      'Frames that say too little alone: the next one is added. One expression a line, matched at the start.',
  },
  sentinels: {
    title: 'Sentinels',
    description: 'A stack begins at the first of these, whatever stands above. Exact names, no expressions.',
  },
  withLineNumbers: {
    title: 'With line numbers',
    description: 'Functions so long that the line belongs to the name. One expression a line, matched at the start.',
  },
};
