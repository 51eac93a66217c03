import type { ConfigurationDetail, SettingDetail } from '@faultline/sdk/api';
import type { Setting } from '../config/configuration.js';
import type { InspectedConfig } from './inspect-text.js';

/** Settings by section, the host's own first, then plugins by their names. Secrets show only whether they are set. */
export function sectionsOf(
  { config, records }: InspectedConfig,
  live: ReadonlySet<string>,
): ConfigurationDetail['sections'] {
  const own = new Map<string, Setting[]>();
  for (const setting of config?.settings ?? []) {
    const id = setting.name.split('.')[0] ?? '';
    own.set(id, [...(own.get(id) ?? []), setting]);
  }
  const plugins = records
    .filter(({ settings }) => settings.length > 0)
    .map(({ state, settings }) => ({
      id: state.id,
      title: state.displayName,
      plugin: state.id,
      settings: settings.map((setting) => detailOf(setting, live.has(state.id))),
    }))
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  return [
    ...[...own].map(([id, settings]) => ({
      id,
      title: id,
      plugin: '',
      settings: settings.map((setting) => detailOf(setting, false)),
    })),
    ...plugins,
  ];
}

function detailOf(setting: Setting, isLive: boolean): SettingDetail {
  const { name, source, place, description, isSecret, schema } = setting;
  return {
    name,
    ...(isSecret || setting.value === undefined ? {} : { value: setting.value }),
    isSet: setting.value !== undefined,
    source,
    place,
    description,
    isSecret,
    schema: { ...schema },
    takesEffect: isLive ? 'at once' : 'after a restart',
  };
}
