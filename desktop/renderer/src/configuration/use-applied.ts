import type { ConfigurationApplied } from '@faultline/sdk/api';
import { t } from '../i18n/i18n.js';
import { useNotices } from '../stores/notices.js';

/** Says what became of a change of the configuration; false when it was refused (null). */
export function useApplied(): (applied: Pick<ConfigurationApplied, 'reloaded' | 'needRestart'> | null) => boolean {
  const notices = useNotices();
  return (applied) => {
    if (applied === null) return false;
    const { reloaded, needRestart } = applied;
    notices.show(
      'info',
      reloaded.length === 0 ? t('configuration.written') : t('configuration.takenUp', { plugins: reloaded.join(', ') }),
      needRestart.length === 0 ? '' : t('configuration.needRestart', { sections: needRestart.join(', ') }),
    );
    return true;
  };
}
