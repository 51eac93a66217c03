import type { AccountAudit } from '@faultline/sdk/api';
import { t } from '../i18n/i18n.js';

type Kind = AccountAudit['findings'][number]['kind'];

const words = {
  'user-unused': 'settings.accountAudit.unused',
  'user-over-privileged': 'settings.accountAudit.overPrivileged',
  'token-unused': 'settings.accountAudit.unused',
  'token-never-expires': 'settings.accountAudit.neverExpires',
  'token-over-privileged': 'settings.accountAudit.overPrivileged',
} as const satisfies Record<Kind, string>;

/** What is odd about an account or a token. */
export function findingWords(audit: AccountAudit, isOf: (kind: Kind, id: string) => boolean): string[] {
  return audit.findings
    .filter(({ kind, id }) => isOf(kind, id))
    .map(({ kind }) => t(words[kind], { days: audit.days }));
}
