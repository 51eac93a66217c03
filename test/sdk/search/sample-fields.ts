import type { FieldDefinition } from '@faultline/sdk';

function field(id: string, type: FieldDefinition['type'], more: Partial<FieldDefinition> = {}): FieldDefinition {
  return { id, title: id, type, description: '', permission: 'public', ...more };
}

/** A small dictionary with one field of each type. */
export const sampleFields: readonly FieldDefinition[] = [
  field('signature', 'string'),
  field('product', 'keyword'),
  field('version', 'keyword'),
  field('os_name', 'keyword'),
  field('build', 'integer'),
  field('uptime', 'integer', { unit: 'seconds' }),
  field('load', 'number'),
  field('startup_crash', 'boolean'),
  field('install_date', 'date'),
  field('modules_in_stack', 'list'),
  field('cpu_count', 'integer', { path: 'json_dump.system_info.cpu_count' }),
  field('url', 'string', { permission: 'protected' }),
  field('json_dump', 'object'),
  field('app_notes', 'stored'),
];
