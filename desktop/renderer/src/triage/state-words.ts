import type { GroupStateName, GroupTriage } from '@faultline/sdk/api';
import { t } from '../i18n/i18n.js';

const words = {
  new: 'triage.state.new',
  open: 'triage.state.open',
  'in-progress': 'triage.state.inProgress',
  resolved: 'triage.state.resolved',
  muted: 'triage.state.muted',
  regressed: 'triage.state.regressed',
} as const satisfies Record<GroupStateName, string>;

/** The colour of a state; it is never all that tells. */
export const stateColours: Readonly<Record<GroupStateName, string>> = {
  new: '',
  open: '',
  'in-progress': 'violet',
  resolved: 'green',
  muted: '',
  regressed: 'red',
};

export function stateWord(state: GroupStateName): string {
  return t(words[state]);
}

/** What there is to say of a state beside its word; "" for nothing. */
export function stateDetail({ state, resolvedIn, mutedUntil, regression }: GroupTriage): string {
  if (state === 'resolved' && resolvedIn !== null) return t('triage.state.inVersion', { version: resolvedIn.version });
  if (state === 'regressed' && regression !== null) return t('triage.state.inVersion', { version: regression.version });
  if (state !== 'muted' || mutedUntil === null) return '';
  const { count, release, date, seen } = mutedUntil;
  const limits = [
    ...(count === null ? [] : [t('triage.state.seenOf', { seen, count })]),
    ...(release === null ? [] : [t('triage.state.until', { what: release.version })]),
    ...(date === null ? [] : [t('triage.state.until', { what: date.slice(0, 10) })]),
  ];
  return limits.length === 0 ? t('triage.state.forGood') : limits.join(', ');
}
