import { t } from '../i18n/i18n.js';
import type { LoadedModule } from '../reading/stack-model.js';

/** The one thing to do about a module without symbols; null where nothing is wrong. */
export function moduleAction(module: LoadedModule): string | null {
  if (module.symbols !== 'missing' && module.symbols !== 'corrupt') return null;
  if (module.symbols === 'corrupt') {
    const found = module.attempts.find(({ status }) => status === 'found');
    return t('symbols.action.corrupt', { place: found?.source ?? '' });
  }
  if (module.debugId === '' && module.codeId === '') return t('symbols.action.noId');
  const statuses = module.attempts.map(({ status }) => status);
  if (statuses.includes('too-large')) return t('symbols.action.tooLarge');
  if (statuses.includes('denied')) return t('symbols.action.denied');
  if (statuses.includes('timeout') || statuses.includes('unavailable')) return t('symbols.action.unavailable');
  return t('symbols.action.upload', { module: module.filename });
}

/** Where one module is looked up now. */
export function lookupPlace({ debugFile, debugId, filename, codeId }: LoadedModule) {
  const code = codeId === '' ? {} : { codeFile: filename, codeId };
  const debug = debugId === '' ? {} : { debugFile: debugFile || filename, debugId };
  return { path: '/symbols', query: { show: 'lookup', ...debug, ...code } };
}
