import type { PluginState } from '@faultline/sdk';
import { signInUrl } from '../auth/sign-in-links.js';

/** What the start prints for people, before the line `ready`. */
export function banner(facts: {
  publicUrl: string;
  dataFolder: string;
  signInCode: string | null;
  states: readonly PluginState[];
}): string {
  const lines = [
    `Page     ${facts.publicUrl}/`,
    `Submit   ${facts.publicUrl}/submit`,
    `Data     ${facts.dataFolder}`,
    ...(facts.signInCode === null
      ? []
      : [`Sign in  ${signInUrl(facts.publicUrl, facts.signInCode)}  (works once, for an hour)`]),
  ];
  const broken = facts.states.filter(({ state }) => state === 'failed');
  if (broken.length > 0) lines.push(`Failed   ${broken.map(({ id }) => id).join(', ')} (see \`faultline plugins\`)`);
  return `${lines.join('\n')}\n`;
}
