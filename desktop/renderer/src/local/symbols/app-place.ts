import type { FaultlineBridge } from '../../../../shared/bridge.js';
import type { SymbolPlace } from './symbol-texts.js';

/** Symbol folders of this computer, which the app's main process looks through. */
export function appPlace(bridge: FaultlineBridge): SymbolPlace {
  return {
    async find({ codeFile, debugFile, debugId }) {
      const { file, attempts } = await bridge.ask('symbols.find', { codeFile, debugFile, debugId });
      if (file === null) return { found: null, attempts };
      const stamp = `app:${file.origin}:${file.size}:${file.modifiedAt}`;
      const source = { remote: file.handle, size: file.size };
      return { found: { stamp, origin: file.origin, url: null, file: source }, attempts };
    },
    download: () => Promise.resolve({ file: null, reason: 'it is a file' }),
  };
}
