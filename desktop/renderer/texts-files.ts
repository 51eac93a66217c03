import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';
import { gatherTexts, type Texts } from './src/i18n/gather-texts.js';

const areas = fileURLToPath(new URL('src', import.meta.url));
const id = 'virtual:texts';
const resolved = `\0${id}`;

/**
 * Makes one JSON file of the texts of each language; `virtual:texts` says where they are. As data beside the script
 * they are read faster, and a visit loads those of one language alone.
 */
export function textsFiles(languages: readonly string[]): Plugin {
  return {
    name: 'faultline-texts',
    resolveId: (source) => (source === id ? resolved : null),
    load(source) {
      if (source !== resolved) return null;
      const entries = languages.map((language) => {
        const file = this.emitFile({
          type: 'asset',
          name: `texts-${language}.json`,
          source: JSON.stringify(textsOf(language)),
        });
        return `${language}: import.meta.ROLLUP_FILE_URL_${file}`;
      });
      return `export const addresses = { ${entries.join(', ')} };`;
    },
  };
}

function textsOf(language: string): Texts {
  const files = readdirSync(areas, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith(`/texts.${language}.json`),
  );
  return gatherTexts(
    Object.fromEntries(files.map((file) => [file, JSON.parse(readFileSync(`${areas}/${file}`, 'utf8')) as Texts])),
  );
}
