import type { FieldDefinition } from '@faultline/sdk/field-definition';

/** What a program said of its own memory. */
export const memoryFields: FieldDefinition[] = [
  {
    id: 'memory_report',
    title: 'Memory report',
    type: 'stored',
    description: 'Sizes by path, for each process of the program, as it measured them itself before it crashed.',
    permission: 'protected',
  },
  {
    id: 'memory_report_error',
    title: 'Memory report error',
    type: 'string',
    description: 'Why the memory report could not be read.',
    permission: 'protected',
  },
];

/** Names that ids of graphics adapters stand for. */
export const gpuNameFields: FieldDefinition[] = [
  {
    id: 'adapter_vendor_name',
    title: 'GPU vendor',
    type: 'keyword',
    description: 'Maker of the graphics adapter, by its PCI id.',
    permission: 'public',
  },
  {
    id: 'adapter_device_name',
    title: 'GPU',
    type: 'keyword',
    description: 'Model of the graphics adapter, by its PCI id.',
    permission: 'public',
  },
];
