import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { annotation } from '../annotation.js';

/** Longer lists are cut: nobody installs that many. */
const addonLimit = 2000;
const defaultTheme = '{972ce4c6-7e08-4474-a285-3208198ce6fd}';

/** Installed add-ons as `id:version`, and whether their compatibility was checked. */
export const addonsRule: ProcessingRule = {
  id: 'mozilla/addons',
  title: 'Add-ons',
  version: 1,
  reads: [],
  writes: ['addons', 'addons_checked'],
  apply({ raw }) {
    const list = annotation(raw.annotations, 'Add-ons') ?? '';
    const checked = annotation(raw.annotations, 'EMCheckCompatibility');
    return {
      patch: {
        addons: list === '' ? [] : list.split(',', addonLimit).map(describe),
        addons_checked: checked === null ? null : checked.toLowerCase() === 'true',
      },
    };
  },
};

/** Ids and versions are form-encoded, the colon between them is not: it is looked for first. */
function describe(addon: string): string {
  const colon = addon.indexOf(':');
  const id = decode(colon < 0 ? addon : addon.slice(0, colon));
  const version = colon < 0 ? 'NO_VERSION' : decode(addon.slice(colon + 1));
  return `${id === defaultTheme ? `${id} (default theme)` : id}:${version}`;
}

function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    // No UTF-8, or a stray percent sign: shown as it came.
    return spaced;
  }
}
