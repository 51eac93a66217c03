import { importCommand } from './import-command.js';

export const { help, run } = importCommand(
  'socorro',
  "holds Socorro's objects (v1/raw_crash/DAY, v1/dump_names, v1/dump, v1/processed_crash)",
);
