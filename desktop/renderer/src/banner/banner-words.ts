import type { Banner } from '@faultline/sdk/api';

type Level = Banner['level'];

/** Keys of texts. */
export const levelWords = {
  info: 'banner.level.info',
  warning: 'banner.level.warning',
  critical: 'banner.level.critical',
} as const satisfies Record<Level, string>;

export const levelColours: Readonly<Record<Level, string>> = { info: 'accent', warning: 'amber', critical: 'red' };
