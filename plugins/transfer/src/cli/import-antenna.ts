import { importCommand } from './import-command.js';

export const { help, run } = importCommand(
  'antenna',
  "Antenna's file system class writes (DAY/raw_crash, DAY/dump_names, DAY/<dump>)",
);
