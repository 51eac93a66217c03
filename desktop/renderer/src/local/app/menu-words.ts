import type { AppWords } from '../../../../shared/ipc.js';
import { t } from '../../i18n/i18n.js';

/** What the app around the page says in its menu and notifications, in the language of the page. */
export function menuWords(): AppWords {
  return {
    file: t('local.menu.file'),
    openDump: t('local.menu.openDump'),
    servers: t('local.menu.servers'),
    close: t('local.menu.close'),
    quit: t('local.menu.quit'),
    edit: t('local.menu.edit'),
    undo: t('local.menu.undo'),
    redo: t('local.menu.redo'),
    cut: t('local.menu.cut'),
    copy: t('local.menu.copy'),
    paste: t('local.menu.paste'),
    selectAll: t('local.menu.selectAll'),
    window: t('local.menu.window'),
    minimize: t('local.menu.minimize'),
    zoomIn: t('local.menu.zoomIn'),
    zoomOut: t('local.menu.zoomOut'),
    resetZoom: t('local.menu.resetZoom'),
    fullScreen: t('local.menu.fullScreen'),
    newGroup: t('local.menu.newGroup'),
    groupBack: t('local.menu.groupBack'),
    pageCrashes: t('local.menu.pageCrashes'),
    loadAgain: t('local.menu.loadAgain'),
  };
}
