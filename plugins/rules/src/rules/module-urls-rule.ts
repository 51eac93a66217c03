import type { JsonValue } from '@faultline/sdk';
import type { ProcessingRule } from '@faultline/sdk/processing-rule';
import { stackwalkJson } from '../stackwalk-json.js';

const ownMachine = /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/;

/** Addresses that symbols came from are shown to everyone: without passwords, tokens and names of this machine. */
export const moduleUrlsRule: ProcessingRule = {
  id: 'rules/module-urls',
  title: 'Addresses of symbols made public',
  version: 1,
  reads: ['json_dump'],
  writes: ['json_dump'],
  after: ['rules/truncate-stacks'],
  applies: ({ processed }) => (stackwalkJson(processed)?.modules ?? []).some((module) => isText(module.symbol_url)),
  apply({ processed }) {
    const notes: string[] = [];
    const modules = (stackwalkJson(processed)?.modules ?? []).map((module) => {
      if (!isText(module.symbol_url)) return module;
      const url = publicUrl(module.symbol_url);
      if (url === null) notes.push(`Redacting symbol url for module ${module.filename ?? ''}`);
      return { ...module, symbol_url: url };
    });
    const json = processed['json_dump'] as Record<string, JsonValue>;
    return { patch: { json_dump: { ...json, modules: modules as JsonValue } }, notes };
  },
};

function isText(value: string | null | undefined): value is string {
  return typeof value === 'string' && value !== '';
}

/** Null for what nobody else could open. */
function publicUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (!/^https?:$/.test(url.protocol) || ownMachine.test(url.hostname)) return null;
  return `${url.protocol}//${url.host}${url.pathname}`;
}
