import { t } from '../i18n/i18n.js';
import { useNotices } from '../stores/notices.js';

/** Copies and says so. Plain http has no clipboard interface; there the old command of the document does it. */
export async function copyText(text: string, what: string): Promise<void> {
  const notices = useNotices();
  try {
    const clipboard = (navigator as Partial<Navigator>).clipboard;
    if (clipboard === undefined) copyByCommand(text);
    else await clipboard.writeText(text);
    notices.show('info', t('common.copy.done', { what }));
  } catch {
    notices.show('error', t('common.copy.refused', { what }), t('common.copy.byHand'));
  }
}

function copyByCommand(text: string): void {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('not copied');
}
