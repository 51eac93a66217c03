import type { FieldDefinition } from '@faultline/sdk/field-definition';

/** Parts of the stack walk that may tell of a person: memory's contents, what the machine was told, what it ran. */
const hidden: readonly (readonly [id: string, path: string, title: string, description: string])[] = [
  ['registers', 'crashing_thread.frames.registers', 'Registers', 'Registers of the crashing frame.'],
  ['boot_arguments', 'mac_boot_args', 'Boot arguments', 'Arguments that macOS was started with.'],
  ['dump_soft_errors', 'soft_errors', 'Dump writer’s errors', 'What writing the minidump failed at.'],
  ['dump_handles', 'handles', 'Open files', 'Names of open files and other handles.'],
  ['command_line', 'faultline.command_line', 'Command line', 'Arguments of the process.'],
  ['dump_comments', 'faultline.comments', 'Comments', 'Comments that the dump writer stored.'],
  ['environment_names', 'faultline.environment_names', 'Environment', 'Names of environment variables.'],
  ['crashpad_annotations', 'faultline.crashpad', 'Crashpad', 'Annotations that Crashpad stored in the dump.'],
  ['analysed_registers', 'faultline.analysis.registers', 'Registers explained', 'Registers and what they point to.'],
  ['thread_evidence', 'faultline.threads', 'Unwinding', 'Words of the stack that unwinding looked at.'],
];

export const dumpFields: FieldDefinition[] = hidden.map(([id, path, title, description]) => ({
  id,
  title,
  type: 'stored',
  description,
  permission: 'protected',
  path: `json_dump.${path}`,
}));
