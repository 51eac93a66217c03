import { exportCommand } from './export-command.js';

export const { help, run } = exportCommand(
  'antenna',
  "Antenna's file system class writes (DAY/raw_crash, DAY/dump_names, DAY/<dump>)",
);
