import type { FieldDefinition } from '@faultline/sdk';

export const javaFields: FieldDefinition[] = [
  {
    id: 'java_mapping',
    title: 'Java mapping',
    type: 'keyword',
    description: 'The R8 or ProGuard mapping that gave the Java stack its names, or the one that it lacks.',
    permission: 'public',
    searchable: true,
    facetable: true,
  },
  {
    id: 'java_deobfuscation',
    title: 'Java names',
    type: 'keyword',
    description: '"done", "ambiguous" where a frame may have been several methods, "missing" without a mapping.',
    permission: 'public',
    searchable: true,
    facetable: true,
  },
];
