/** Names that Crash Stats users know for fields that the processed crash calls otherwise. */
const idsByName: Readonly<Record<string, string>> = {
  uuid: 'crash_id',
  date: 'submitted_timestamp',
  platform: 'os_name',
  platform_version: 'os_version',
  platform_pretty_version: 'os_pretty_version',
  build_id: 'build',
  channel: 'release_channel',
};

const namesById = new Map(Object.entries(idsByName).map(([name, id]) => [id, name]));
// Crash Stats itself says `release_channel`; `channel` is only taken.
namesById.delete('release_channel');

/** Id of the field that Crash Stats gives this name, when that is another one; else undefined. */
export function fieldIdOf(crashStatsName: string): string | undefined {
  return Object.hasOwn(idsByName, crashStatsName) ? idsByName[crashStatsName] : undefined;
}

/** What Crash Stats calls a field. */
export function crashStatsName(fieldId: string): string {
  return namesById.get(fieldId) ?? fieldId;
}
