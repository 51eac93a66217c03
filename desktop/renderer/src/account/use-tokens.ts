import type { TokenList } from '@faultline/sdk/api';
import { useApi } from '../api/current-api.js';
import { useResource } from '../common/use-resource.js';
import { t } from '../i18n/i18n.js';
import { useNotices } from '../stores/notices.js';

/** The API's tokens, one's own or everybody's, and the way to end one. */
export function useTokens(path: 'account/tokens' | 'tokens') {
  const api = useApi();
  const notices = useNotices();
  const tokens = useResource<TokenList>();

  function reload(): void {
    void tokens.load(path, (signal) => api.get<TokenList>(path, {}, signal));
  }
  reload();

  async function revoke({ id, name }: TokenList['tokens'][number]): Promise<void> {
    try {
      await api.call('DELETE', `${path}/${encodeURIComponent(id)}`);
      notices.show('info', t('account.revoked', { name }));
    } catch (error) {
      notices.fail(error);
    }
    reload();
  }

  return { tokens, reload, revoke };
}
