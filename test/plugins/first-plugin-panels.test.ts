import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describePanels } from '@faultline/testing/suites';

/** The first plugin of plugins/README.md: its files stand there. */
const guide = readFileSync(fileURLToPath(new URL('../../plugins/README.md', import.meta.url)), 'utf8');
const file = (name: string) => {
  const escaped = name.replace(/[./]/g, '\\$&');
  const text = new RegExp(`^\`${escaped}\`:?\\n\\n\`\`\`\\w+\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(guide)?.[1];
  if (text === undefined) throw new Error(`plugins/README.md has no file ${name}`);
  return text;
};

const { faultline } = JSON.parse(file('package.json')) as { faultline: { ui: string } };
describePanels(faultline, (path) => Promise.resolve(file(`${faultline.ui.replace('./', '')}/${path}`)));
